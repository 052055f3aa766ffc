using System.Diagnostics.CodeAnalysis;

namespace Linewatch.Operations;

/// <summary>What became of a change that a person asked for: done, refused with a reason, or no such thing.</summary>
/// <typeparam name="T">What was to be changed.</typeparam>
public sealed class ChangeResult<T>
    where T : class
{
    private ChangeResult(T? value, string? refusal)
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

    internal static ChangeResult<T> Done(T value) => new(value, null);

    internal static ChangeResult<T> Refused(T value, string refusal) => new(value, refusal);

    internal static ChangeResult<T> NotFound(string what) => new(null, what);
}
