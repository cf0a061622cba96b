//! `sql/install/admin/`: the installation as a whole.
//!
//! | file | contents |
//! | --- | --- |
//! | `uninstall` | what must not be dropped by the way |

mod uninstall;
