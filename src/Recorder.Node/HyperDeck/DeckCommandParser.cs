namespace Recorder.Node.HyperDeck;

/// <summary>
/// Puts commands together out of lines: <c>name</c>, <c>name: parameter: value …</c>, or <c>name:</c> with a parameter on each line up to an empty one.
/// Whatever the lines are, each command has one result, and it takes no exception to say that one is wrong.
/// </summary>
internal sealed class DeckCommandParser
{
    /// <summary>No command of the protocol has half as many.</summary>
    private const int MostLines = 32;

    private string? _block;
    private DeckResult? _problem;
    private int _lines;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Adds a line without its end.</summary>
    /// <returns>The command that the line completes; null when it completes none.</returns>
    public DeckCommand? Add(string line)
    {
        line = line.Trim();
        if (_block is not null)
            return line.Length > 0 ? AddToBlock(line) : EndBlock(_block);

        if (line.Length == 0)
            return null;

        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var name = Lower(colon < 0 ? line : line[..colon]);
        var rest = colon < 0 ? "" : line[(colon + 1)..].Trim();
        if (colon >= 0 && rest.Length == 0)
        {
            (_block, _problem, _lines) = (name, IsText(line) ? null : DeckResult.SyntaxError, 0);
            _values.Clear();
            return null;
        }

        return !IsText(line) || DeckVocabulary.Find(name) is not { } verb ? DeckCommand.Wrong(DeckResult.SyntaxError, name)
            : colon < 0 ? new DeckCommand(name, DeckCommand.NoParameters)
            : Inline(verb, rest);
    }

    private DeckCommand? AddToBlock(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (++_lines > MostLines || colon <= 0 || !IsText(line))
            _problem = DeckResult.SyntaxError;
        else
            _values[Lower(line[..colon])] = line[(colon + 1)..].Trim();

        return null;
    }

    private DeckCommand EndBlock(string name)
    {
        _block = null;
        return DeckVocabulary.Find(name) is not { } verb || _problem is not null
            ? DeckCommand.Wrong(DeckResult.SyntaxError, name)
            : Checked(verb, new Dictionary<string, string>(_values, StringComparer.Ordinal));
    }

    // Names of parameters contain blanks, so that only the known ones tell where a value ends.
    private static DeckCommand Inline(DeckVerb verb, string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var name = ParameterAt(verb, text, 0);
        if (name is null)
        {
            var hasName = text.IndexOf(':', StringComparison.Ordinal) > 0;
            return DeckCommand.Wrong(
                !verb.IsSupported ? DeckResult.Unsupported : hasName ? DeckResult.UnsupportedParameter : DeckResult.SyntaxError, verb.Name);
        }

        var (begin, at) = (name.Length + 1, name.Length + 1);
        while (at < text.Length)
        {
            var next = name != verb.RestOfLine && text[at - 1] == ' ' ? ParameterAt(verb, text, at) : null;
            if (next is null)
            {
                at++;
                continue;
            }

            values[name] = text[begin..at].Trim();
            (name, begin, at) = (next, at + next.Length + 1, at + next.Length + 1);
        }

        values[name] = text[begin..].Trim();
        return Checked(verb, values);
    }

    private static DeckCommand Checked(DeckVerb verb, Dictionary<string, string> values) => new(verb.Name, values)
    {
        Problem = verb.IsSupported && values.Keys.Any(name => !verb.Parameters.Contains(name)) ? DeckResult.UnsupportedParameter : null,
    };

    private static string? ParameterAt(DeckVerb verb, string text, int at) => verb.Parameters
        .Where(name => text.Length > at + name.Length && text[at + name.Length] == ':'
            && string.Compare(text, at, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0)
        .MaxBy(name => name.Length);

    private static bool IsText(string line) => !line.Any(c => char.IsControl(c) && c != '\t');

#pragma warning disable CA1308 // The protocol's words are written in lower case.
    private static string Lower(string name) => name.Trim().ToLowerInvariant();
#pragma warning restore CA1308
}
