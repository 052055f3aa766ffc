using System.Diagnostics.CodeAnalysis;

namespace Linewatch.Operations;

/// <summary>What became of a change that a person asked for: done, refused with a reason, or no such thing.</summary>
/// <typeparam name="T">What was to be changed.</typeparam>
public sealed class ChangeResult<T>
    where T : class
{
    internal ChangeResult(T? value, string? refusal)
    {
        Value = value;
        Refusal = refusal;
    }

    /// <summary>Whether the change was made; <see cref="Value"/> is the changed thing.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsDone => Value is not null && Refusal is null;

    /// <summary>Whether the thing exists.</summary>
    public bool IsFound => Value is not null;

    /// <summary>The thing as it is now; null when there is none of that id.</summary>
    public T? Value { get; }

    /// <summary>Why the change was refused, for people; null when it was made.</summary>
    public string? Refusal { get; }
}

/// <summary>Makes results.</summary>
public static class ChangeResult
{
    /// <summary>The change was made.</summary>
    public static ChangeResult<T> Done<T>(T value)
        where T : class => new(value, null);

    /// <summary>The change is not allowed; the thing stays as it is.</summary>
    public static ChangeResult<T> Refused<T>(T value, string refusal)
        where T : class => new(value, refusal);

    /// <summary>There is no such thing.</summary>
    public static ChangeResult<T> NotFound<T>(string what)
        where T : class => new(null, what);
}
