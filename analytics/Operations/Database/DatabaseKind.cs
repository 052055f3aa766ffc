namespace Linewatch.Operations.Database;

/// <summary>The two databases that the scripts are written for.</summary>
public enum DatabaseKind
{
    /// <summary>Embedded, one process.</summary>
    Sqlite,

    /// <summary>Shared by several nodes.</summary>
    PostgreSql,
}
