using System.Text;

namespace Recorder.Node.HyperDeck;

/// <summary>Writes messages of the protocol. Clients take a first line with a colon for the beginning of a block, which ends with an empty line; so
/// the lines of <see cref="DeckResult"/> have none, and no value may contain a line break.</summary>
internal static class DeckAnswer
{
    private const string NewLine = "\r\n";

    public static string Line(DeckResult result) => string.Create(CultureInfo.InvariantCulture, $"{(int)result} {TextOf(result)}{NewLine}");

    public static string Block(int code, string title, params IEnumerable<(string Name, string Value)> values)
    {
        var text = Begin(code, title);
        foreach (var (name, value) in values)
            text.Append(name).Append(": ").Append(Clean(value)).Append(NewLine);

        return text.Append(NewLine).ToString();
    }

    /// <summary>A block of lines that are no values: <c>help</c> and <c>commands</c>.</summary>
    public static string Lines(int code, string title, IEnumerable<string> lines)
    {
        var text = Begin(code, title);
        foreach (var line in lines)
            text.Append(Clean(line)).Append(NewLine);

        return text.Append(NewLine).ToString();
    }

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>"true" or "false".</summary>
    public static string Text(bool flag) => flag ? "true" : "false";

    private static StringBuilder Begin(int code, string title) =>
        new StringBuilder().Append(CultureInfo.InvariantCulture, $"{code} {title}:{NewLine}");

    private static string Clean(string value) =>
        value.Any(char.IsControl) ? string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c)) : value;

    private static string TextOf(DeckResult result) => result switch
    {
        DeckResult.SyntaxError => "syntax error",
        DeckResult.UnsupportedParameter => "unsupported parameter",
        DeckResult.InvalidValue => "invalid value",
        DeckResult.Unsupported => "unsupported",
        DeckResult.DiskFull => "disk full",
        DeckResult.NoDisk => "no disk",
        DeckResult.DiskError => "disk error",
        DeckResult.OutOfRange => "out of range",
        DeckResult.NoInput => "no input",
        DeckResult.RemoteControlDisabled => "remote control disabled",
        DeckResult.ClipNotFound => "clip not found",
        DeckResult.ConnectionRejected => "connection rejected",
        DeckResult.InvalidState => "invalid state",
        DeckResult.Done => "ok",
        _ => "internal error",
    };
}
