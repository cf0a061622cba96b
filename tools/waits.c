/* Preloaded before libfaketime: waiting is left to the C library. libfaketime hides its clock while a call of it waits, so a
 * signal handler that runs meanwhile would read the true clock: PostgreSQL's timeouts would never come, and what its
 * postmaster starts from a handler (parallel workers, before version 16) would live at another time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>

static void *libc_function(const char *name)
{
    static void *libc;
    if (!libc)
        libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    return dlsym(libc, name);
}

#define LEAVE_ALONE(name, parameters, arguments) \
    static int (*real_##name) parameters; \
    __attribute__((constructor)) static void find_##name(void) { real_##name = libc_function(#name); } \
    int name parameters \
    { \
        if (!real_##name) \
            find_##name(); \
        return real_##name arguments; \
    }

LEAVE_ALONE(epoll_wait, (int set, struct epoll_event *events, int most, int timeout), (set, events, most, timeout))
LEAVE_ALONE(epoll_pwait, (int set, struct epoll_event *events, int most, int timeout, const sigset_t *mask), (set, events, most, timeout, mask))
LEAVE_ALONE(poll, (struct pollfd *fds, nfds_t count, int timeout), (fds, count, timeout))
LEAVE_ALONE(ppoll, (struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask), (fds, count, timeout, mask))
LEAVE_ALONE(select, (int count, fd_set *r, fd_set *w, fd_set *e, struct timeval *timeout), (count, r, w, e, timeout))
LEAVE_ALONE(pselect, (int count, fd_set *r, fd_set *w, fd_set *e, const struct timespec *timeout, const sigset_t *mask), (count, r, w, e, timeout, mask))
LEAVE_ALONE(nanosleep, (const struct timespec *time, struct timespec *rest), (time, rest))
/* Until a time of the monotonic clock, which is the true one. */
LEAVE_ALONE(clock_nanosleep, (clockid_t clock, int flags, const struct timespec *time, struct timespec *rest), (clock, flags, time, rest))
