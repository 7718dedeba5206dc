using System.Diagnostics.CodeAnalysis;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.MapsApi;

/// <summary>What was asked for, or the error that answers the request in its place.</summary>
internal readonly record struct Outcome<T>
    where T : class
{
    private Outcome(T? value, ApiError? error) => (Value, Error) = (value, error);

    public T? Value { get; }

    public ApiError? Error { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(ApiError error) => new(null, error);
}
