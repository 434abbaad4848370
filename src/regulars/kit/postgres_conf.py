"""How the embedded PostgreSQL is set: safe before fast, and fitted to the machine it starts on."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from regulars.kit.postgres_user import Account

MIB = 1 << 20
OURS = "regulars.conf"
LOCAL = "local.conf"
SMALL_SHARED_MEMORY = 512 * MIB


def write(folder: Path, sockets: Path, port: int, account: Account, overrides: Mapping[str, str]) -> None:
    """Write our settings into `folder`, anew at each start. What stands in its `local.conf` overrides them."""
    lines = [f"{name} = {_quoted(value)}" for name, value in {**settings(sockets, port), **overrides}.items()]
    replace(folder / OURS, "\n".join(lines) + "\n", account)
    main = folder / "postgresql.conf"
    include = f"include_if_exists = '{OURS}'\ninclude_if_exists = '{LOCAL}'\n"
    text = main.read_text()
    if not text.endswith(include):
        replace(main, text + include, account)


def settings(sockets: Path, port: int) -> dict[str, str]:
    """Every setting that differs from PostgreSQL's own choice."""
    memory = _memory_bytes()
    return {
        "listen_addresses": "",
        "unix_socket_directories": '"' + str(sockets).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        "port": str(port),
        "max_connections": "100",
        "max_locks_per_transaction": "512",
        "dynamic_shared_memory_type": _shared_memory(),
        "shared_buffers": _mib(min(max(memory // 16, 128 * MIB), 2048 * MIB)),
        "effective_cache_size": _mib(max(memory // 2, 256 * MIB)),
        "work_mem": "16MB",
        "maintenance_work_mem": _mib(min(max(memory // 64, 64 * MIB), 512 * MIB)),
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "wal_buffers": "16MB",
        "min_wal_size": "256MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        "random_page_cost": "1.1",
        "jit": "off",
        "autovacuum_naptime": "20s",
        "autovacuum_analyze_scale_factor": "0.05",
        "client_connection_check_interval": "5s",
        "logging_collector": "on",
        "log_directory": "log",
        "log_filename": "postgres-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_min_duration_statement": "2s",
        "log_lock_waits": "on",
        "log_parameter_max_length": "0",
    }


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _mib(size: int) -> str:
    return f"{size // MIB}MB"


def _shared_memory() -> str:
    """Containers often have a /dev/shm of 64 MB, too small for parallel queries: files do there."""
    shared = Path("/dev/shm")
    if shared.is_dir() and shutil.disk_usage(shared).total < SMALL_SHARED_MEMORY:
        return "mmap"
    return "posix"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def replace(path: Path, text: str, account: Account) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(text)
    draft.chmod(0o600)
    account.own(draft)
    draft.replace(path)
