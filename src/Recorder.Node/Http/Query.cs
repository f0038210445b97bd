using Microsoft.Extensions.Primitives;

namespace Recorder.Node.Http;

internal sealed record QueryParameter(string Name, string Type, string Description)
{
    public string? Format { get; init; }
    public bool IsRepeatable { get; init; }
}

internal sealed record KnownQuery(IReadOnlyList<QueryParameter> Parameters);

internal static class Query
{
    private const int DefaultLimit = 100;
    private const int MostLimit = 1000;

    public static readonly QueryParameter Limit =
        new("limit", "integer", $"Maximum number of results, 1 to {MostLimit} (default {DefaultLimit}).") { Format = "int32" };

    public static readonly QueryParameter Recorder = new("recorder", "string", "Only results of this recorder.");

    public static readonly QueryParameter From =
        new("from", "string", "Only with media after this time (RFC 3339).") { Format = "date-time" };

    public static readonly QueryParameter To =
        new("to", "string", "Only with media before this time (RFC 3339).") { Format = "date-time" };

    /// <summary>Declares an endpoint's query parameters; requests with others are refused.</summary>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder endpoint, params QueryParameter[] parameters) =>
        endpoint.WithMetadata(new KnownQuery(parameters)).AddEndpointFilter((context, next) =>
        {
            foreach (var (name, values) in context.HttpContext.Request.Query)
            {
                var known = Array.Find(parameters, parameter => parameter.Name == name);
                if (known is null)
                {
                    throw Refuse($"'{name}' is an unknown query parameter; " +
                        $"{(parameters.Length == 0 ? "none are expected" : "expected " + string.Join(", ", parameters.Select(parameter => parameter.Name)))}.");
                }

                if (!known.IsRepeatable && values.Count > 1)
                    throw Refuse($"'{name}' is given more than once; give it once.");
            }

            return next(context);
        });

    public static string? Text(HttpRequest request, QueryParameter parameter) =>
        request.Query.TryGetValue(parameter.Name, out var value) && !StringValues.IsNullOrEmpty(value) ? value.ToString() : null;

    public static int ReadLimit(HttpRequest request) =>
        Text(request, Limit) is not { } text ? DefaultLimit
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MostLimit ? limit
            : throw Wrong(Limit, text, $"a number from 1 to {MostLimit}");

    public static long? ReadNumber(HttpRequest request, QueryParameter parameter) =>
        Text(request, parameter) is not { } text ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw Wrong(parameter, text, "a whole number, 0 or more");

    public static DateTimeOffset? ReadTime(HttpRequest request, QueryParameter parameter) =>
        Text(request, parameter) is not { } text ? null
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                && text.Contains('-', StringComparison.Ordinal) ? time.ToUniversalTime()
            : throw Wrong(parameter, text, "a time, for example 2026-11-22T15:04:05Z");

    /// <summary>Reads seconds of a timeline: "12.5"; not below 0, and less than 30 years.</summary>
    public static bool IsSeconds(string? text, out TimeSpan time)
    {
        // Infinity and NaN are numbers to the parser, whatever the style.
        var isSeconds = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e9;
        time = isSeconds ? TimeSpan.FromSeconds(seconds) : default;
        return isSeconds;
    }

    public static ProblemException Wrong(QueryParameter parameter, string text, string expected) =>
        new(Problem.Type($"The query parameter '{parameter.Name}' must be {expected}, but is '{text}'."));

    private static ProblemException Refuse(string detail) => new(Problem.NotSupported(detail));
}
