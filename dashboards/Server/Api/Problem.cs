using Linewatch.Operations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>Answers to requests that cannot be met, as problem details (RFC 9457): what was wrong, and what is allowed.</summary>
internal static class Problem
{
    public static ProblemHttpResult NotFound(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    public static ProblemHttpResult Invalid(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "Invalid request");

    /// <summary>A change that somebody asked for: the changed thing, or why not.</summary>
    public static Results<Ok<T>, ProblemHttpResult> Of<T>(ChangeResult<T> result)
        where T : class =>
        result.IsDone ? TypedResults.Ok(result.Value)
        : result.IsFound ? TypedResults.Problem(result.Refusal, statusCode: StatusCodes.Status409Conflict, title: "Not possible now")
        : NotFound(result.Refusal!);

    /// <summary>The same, answering with a view of the thing.</summary>
    public static Results<Ok<TView>, ProblemHttpResult> Of<T, TView>(ChangeResult<T> result, Func<T, TView> view)
        where T : class =>
        result.IsDone ? TypedResults.Ok(view(result.Value))
        : result.IsFound ? TypedResults.Problem(result.Refusal, statusCode: StatusCodes.Status409Conflict, title: "Not possible now")
        : NotFound(result.Refusal!);

    /// <summary>Declares what a change can be answered with besides success.</summary>
    public static RouteHandlerBuilder WithChangeProblems(this RouteHandlerBuilder route) =>
        route.ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
}
