namespace Recorder.Node.Cli.Client;

/// <summary>Which node to talk to, and as whom.</summary>
/// <param name="Base">Its address.</param>
/// <param name="Key">The API key; null where it asks for none.</param>
internal sealed record NodeAddress(Uri Base, string? Key)
{
    /// <summary>The environment's word for the node.</summary>
    public const string Variable = "RECORDER_URL";

    /// <summary>The environment's word for the API key: arguments are seen by everybody on the machine.</summary>
    public const string KeyVariable = "RECORDER_API_KEY";

    /// <summary>Where a node listens when nothing is said.</summary>
    public static readonly Uri Default = new("http://127.0.0.1:8080");

    /// <summary>Reads <c>http://127.0.0.1:8080</c>, <c>https://recorder.example</c>, <c>127.0.0.1:8080</c>.</summary>
    /// <returns>The address; or null and what is wrong, as the end of a sentence.</returns>
    public static Uri? Read(string text, out string problem)
    {
        problem = "";
        var url = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Host.Length > 0)
        {
            if (address.UserInfo.Length == 0)
            {
                return new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
            }

            problem = $"takes no user or password: set {KeyVariable}, or say --key-file FILE.";
            return null;
        }

        problem = $"'{text}' is no address of a node: write for example http://127.0.0.1:8080.";
        return null;
    }
}
