import platform

try:
    from importlib import metadata
except ImportError:
    metadata = None


def package(name):
    try:
        return name + " " + metadata.version(name)
    except Exception:
        return "no " + name


print(", ".join([platform.python_version()] + [package(name) for name in ("pyarrow", "duckdb", "pandas", "polars")]))
