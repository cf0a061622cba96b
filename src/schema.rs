//! The install script: the files of `sql/install/` in their order, and nothing else.

use pgrx::extension_sql_file;

extension_sql_file!("../sql/install/00-schema.sql", name = "schema", bootstrap);
extension_sql_file!("../sql/install/10-phone-type.sql", name = "phone_type", requires = ["schema"]);
extension_sql_file!("../sql/install/12-phone-operators.sql", name = "phone_operators", requires = ["phone_type"]);
extension_sql_file!("../sql/install/14-phone-functions.sql", name = "phone_functions", requires = ["phone_operators"]);
extension_sql_file!("../sql/install/16-phone-set.sql", name = "phone_set", requires = ["phone_functions"]);
extension_sql_file!("../sql/install/20-audit.sql", name = "audit", requires = ["phone_set"]);
extension_sql_file!("../sql/install/30-lookup.sql", name = "lookup", requires = ["audit"]);
extension_sql_file!("../sql/install/40-entry.sql", name = "entry", requires = ["lookup"]);
extension_sql_file!("../sql/install/45-list.sql", name = "list", requires = ["entry"]);
extension_sql_file!("../sql/install/50-requests.sql", name = "requests", requires = ["list"]);
extension_sql_file!("../sql/install/52-prefix.sql", name = "prefix", requires = ["requests"]);
extension_sql_file!("../sql/install/55-import.sql", name = "import", requires = ["prefix"]);
extension_sql_file!("../sql/install/57-load.sql", name = "load", requires = ["import"]);
extension_sql_file!("../sql/install/60-check.sql", name = "check", requires = ["load"]);
extension_sql_file!("../sql/install/70-guard.sql", name = "guard", requires = ["check"]);
extension_sql_file!("../sql/install/71-cross.sql", name = "cross", requires = ["guard"]);
extension_sql_file!("../sql/install/72-scrub.sql", name = "scrub", requires = ["cross"]);
extension_sql_file!("../sql/install/73-registry.sql", name = "registry", requires = ["scrub"]);
extension_sql_file!("../sql/install/74-share.sql", name = "share", requires = ["registry"]);
extension_sql_file!("../sql/install/75-view.sql", name = "view", requires = ["share"]);
extension_sql_file!("../sql/install/76-doubtful.sql", name = "doubtful", requires = ["view"]);
extension_sql_file!("../sql/install/80-health.sql", name = "health", requires = ["doubtful"]);
extension_sql_file!("../sql/install/82-restore.sql", name = "restore", requires = ["health"]);
extension_sql_file!("../sql/install/90-grants.sql", name = "grants", requires = ["restore"]);
