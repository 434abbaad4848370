"""Who may do what in the database: the role that serves reads all and writes all but history.

History, the tables whose models are `AppendOnly`, it can read and add to. The owner makes and migrates the tables;
after every migration this gives the serving role its rights, looking first whether anything is missing. Where one
role does both (`DATABASE_URL` alone), rights don't bind it, since an owner may do all: there a trigger refuses
every UPDATE, DELETE and TRUNCATE of history, which the role could drop, but not by mistake.
"""

from collections.abc import Iterable
from typing import Any

import structlog
from django.apps import apps
from django.db import Error, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from regulars.kit.errors import CliError
from regulars.kit.models import AppendOnly

READ = frozenset({"SELECT"})
ADD = frozenset({"SELECT", "INSERT"})
WRITE = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
COUNT = frozenset({"SELECT", "USAGE"})
TRIGGER = "history_stands"
REFUSAL = "regulars_history_stands"

RELATIONS = """
SELECT relation.relname, relation.relkind,
       coalesce(array_agg(DISTINCT acl.privilege_type) FILTER (WHERE acl.grantee = role.oid), '{}'),
       EXISTS (SELECT FROM pg_attribute AS part, aclexplode(part.attacl) AS given
                WHERE part.attrelid = relation.oid AND given.grantee = role.oid)
  FROM pg_class AS relation
  JOIN pg_roles AS role ON role.rolname = %s
  LEFT JOIN LATERAL aclexplode(relation.relacl) AS acl ON true
 WHERE relation.relnamespace = current_schema()::regnamespace AND relation.relkind IN ('r', 'p', 'v', 'm', 'S')
   AND pg_has_role(current_user, relation.relowner, 'USAGE')
   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = relation.oid AND deptype = 'e')
 GROUP BY relation.oid, relation.relname, relation.relkind, role.oid
"""

PREPARED = """
SELECT has_schema_privilege(%(role)s, current_schema(), 'USAGE') AND EXISTS (
       SELECT FROM pg_default_acl, aclexplode(defaclacl) AS given
        WHERE defaclrole = current_user::regrole AND defaclnamespace = current_schema()::regnamespace
          AND given.grantee = (SELECT oid FROM pg_roles WHERE rolname = %(role)s))
"""

OWNER_OF = """
SELECT current_user::text, pg_get_userbyid(relowner)::text, pg_has_role(current_user, relowner, 'USAGE')
  FROM pg_class WHERE oid = to_regclass(%s)
"""

REWRITABLE = """
SELECT relname FROM pg_class
 WHERE relname = ANY(%s) AND relnamespace = current_schema()::regnamespace
   AND (pg_has_role(current_user, relowner, 'MEMBER') OR has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')
        OR has_any_column_privilege(oid, 'UPDATE'))
 ORDER BY relname
"""

GUARDED = """
SELECT relation.relname FROM pg_trigger JOIN pg_class AS relation ON relation.oid = tgrelid
 WHERE tgname = %s AND relation.relnamespace = current_schema()::regnamespace
"""

REFUSE = f"""
CREATE OR REPLACE FUNCTION {REFUSAL}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'history is not rewritten: % of %', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege', HINT = 'Corrections are new entries.';
END $$
"""

_log = structlog.get_logger(__name__)


def history() -> tuple[str, ...]:
    """The tables that are only ever added to."""
    return tuple(sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly)))


def rewritable() -> tuple[str, ...]:
    """The tables of history that the role of this connection could rewrite, if it wanted to: none, in a house with
    two roles. Asked of the database, whatever we did there."""
    return tuple(name for (name,) in _rows(REWRITABLE, [list(history())]))


def one_for_all() -> bool:
    """Whether the role that serves could rewrite history. For a thread of its own: closes its connection."""
    try:
        return bool(rewritable())
    except Error as error:
        _log.warning("roles_not_looked_at", reason=str(error))
        return False
    finally:
        connection.close()


def may_migrate(serving: str) -> bool:
    """Whether this connection's role owns the tables, or there are none yet. False: it only serves, by itself.

    Refuses an owner whose tables belong to `serving` or to a third role, with the way out.
    """
    table = MigrationRecorder.Migration._meta.db_table
    for us, them, ours in _rows(OWNER_OF, [table]):
        if them == serving != us:
            raise CliError(
                f"The tables belong to {them}, the role that serves; as a superuser run once in this database: "
                f"REASSIGN OWNED BY {_name(them)} TO {_name(us)};"
            )
        if not ours and us != serving:
            raise CliError(f"The tables belong to {them}, not to {us}, whom DATABASE_OWNER_URL names.")
        return bool(ours)
    return True


def release() -> None:
    """Take away what keeps the owner from migrating history, where one role does both."""
    for (table,) in _rows(GUARDED, [TRIGGER]):
        _run(f"DROP TRIGGER {TRIGGER} ON {_name(table)}")


def settle(serving: str) -> None:
    """As the owner, after migrating: give the role `serving` its rights; or guard history, where that is the owner."""
    ((owner,),) = _rows("SELECT current_user")
    with transaction.atomic():
        if owner == serving:
            _guard()
            return
        release()
        _grant(serving)


def _guard() -> None:
    guarded = {name for (name,) in _rows(GUARDED, [TRIGGER])}
    missing = [table for table in history() if table not in guarded]
    if missing:
        _run(REFUSE)
    for table in missing:
        _run(
            f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE OR DELETE OR TRUNCATE ON {_name(table)}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {REFUSAL}()"
        )


def _grant(serving: str) -> None:
    role = _name(serving)
    for name, kind, given, by_column in _rows(RELATIONS, [serving]):
        wanted = _wanted(name, kind)
        if set(given) != wanted or by_column:
            what = f"{'SEQUENCE' if kind == 'S' else 'TABLE'} {_name(name)}"
            _run(f"REVOKE ALL ON {what} FROM {role}")
            _run(f"GRANT {_listed(wanted)} ON {what} TO {role}")
    ((prepared,),) = _rows(PREPARED, {"role": serving})
    if not prepared:
        ((schema,),) = _rows("SELECT current_schema()")
        place = f"IN SCHEMA {_name(schema)}"
        _run(f"GRANT USAGE ON SCHEMA {_name(schema)} TO {role}")
        _run(f"ALTER DEFAULT PRIVILEGES {place} GRANT {_listed(WRITE)} ON TABLES TO {role}")
        _run(f"ALTER DEFAULT PRIVILEGES {place} GRANT {_listed(COUNT)} ON SEQUENCES TO {role}")


def _wanted(name: str, kind: str) -> frozenset[str]:
    """What the role that serves may do with a table, a view or a sequence."""
    if kind == "S":
        return COUNT
    if kind in ("v", "m") or name == MigrationRecorder.Migration._meta.db_table:
        return READ
    return ADD if name in history() else WRITE


def _listed(privileges: Iterable[str]) -> str:
    return ", ".join(sorted(privileges))


def _name(name: str) -> str:
    return connection.ops.quote_name(name)


def _rows(query: str, params: Any = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params or None)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
