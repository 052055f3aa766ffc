using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Linewatch.Operations.Database;

/// <summary>Where the relational data lives; section <c>Operations:Database</c>.</summary>
public sealed class DatabaseOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Operations:Database";

    /// <summary>Path of the SQLite file, used while <see cref="PostgreSql"/> is empty. Its folder is created. Default <c>data/operations.db</c>; 1–1024 characters.</summary>
    [Required, StringLength(1024, MinimumLength = 1)]
    public string File { get; set; } = Path.Combine("data", "operations.db");

    /// <summary>Npgsql connection string of the PostgreSQL database that several nodes share. Default empty: SQLite is used.</summary>
    public string PostgreSql { get; set; } = "";

    /// <summary>How long a statement waits for another writer before it fails. Default 30 s; 1 s – 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan WaitForWriter { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Checks <see cref="DatabaseOptions"/> at start.</summary>
[OptionsValidator]
internal sealed partial class DatabaseOptionsValidator : IValidateOptions<DatabaseOptions>;
