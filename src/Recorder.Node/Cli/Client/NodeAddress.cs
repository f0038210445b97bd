namespace Recorder.Node.Cli.Client;

internal sealed record NodeAddress(Uri Base, string? Key)
{
    public const string Variable = "RECORDER_URL";

    /// <summary>The environment variable with the API key. An option would show the key in the process list.</summary>
    public const string KeyVariable = "RECORDER_API_KEY";

    public static readonly Uri Default = new("http://127.0.0.1:8080");

    /// <summary>Reads <c>http://127.0.0.1:8080</c>, <c>https://recorder.example</c>, <c>127.0.0.1:8080</c>.</summary>
    public static Uri? Read(string text, out string problem)
    {
        problem = "";
        var url = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            && address.Host.Length > 0)
        {
            if (address.UserInfo.Length == 0)
                return new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");

            problem = $"cannot contain a user or password; set {KeyVariable}, or use --key-file FILE.";
            return null;
        }

        problem = $"'{text}' is not the address of a node; expected for example http://127.0.0.1:8080.";
        return null;
    }
}
