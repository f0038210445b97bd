using Spectre.Console;
using Spectre.Console.Rendering;

namespace Recorder.Node.Cli.Terminal;

/// <summary>How a word is meant; on a terminal a colour beside it, never instead of it.</summary>
internal enum Tone
{
    Plain,
    Good,
    Warning,
    Bad,
    Faint,
}

/// <summary>A word of a table.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>Rows for people: on a terminal as wide as it is, elsewhere plain text in columns.</summary>
/// <param name="headers">The columns.</param>
internal sealed class TextTable(params string[] headers)
{
    private readonly List<Cell[]> _rows = [];

    /// <summary>Adds a row, one cell a column.</summary>
    public void Add(params Cell[] cells) => _rows.Add([.. cells.Select(cell => cell with { Text = Clean(cell.Text) })]);

    /// <summary>Writes all rows.</summary>
    public void Write(CommandOutput console)
    {
        if (console.IsTerminal)
        {
            console.Line(Styled(console.Size.Width).TrimEnd('\n'));
            return;
        }

        var widths = headers.Select((header, column) => _rows.Select(row => row[column].Text.Length).Append(header.Length).Max()).ToArray();
        foreach (var row in _rows.Select(row => row.Select(cell => cell.Text)).Prepend(headers))
        {
            console.Line(string.Join("  ", row.Select((text, column) => text.PadRight(widths[column]))).TrimEnd());
        }
    }

    /// <summary>A word in its colour, where the terminal has colours and nobody minds.</summary>
    public static string Coloured(string text, Tone tone, CommandOutput console) =>
        console.IsTerminal ? Render(new Markup(Markup.Escape(Clean(text)), StyleOf(tone)), 10_000).TrimEnd('\n') : Clean(text);

    /// <summary>A text of somebody else's without what would steer a terminal.</summary>
    public static string Clean(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\ufffd' : c)) : text;

    private static bool HasColours => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private string Styled(int width)
    {
        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false };
        foreach (var header in headers)
        {
            table.AddColumn(new TableColumn(new Markup(header, StyleOf(Tone.Faint))) { Padding = new Padding(0, 0, 2, 0) });
        }

        // The first two say which and how: they stay whole as long as there is room for anything.
        foreach (var column in table.Columns.Take(2))
        {
            column.NoWrap();
        }

        foreach (var row in _rows)
        {
            table.AddRow(row.Select(cell => new Text(cell.Text, StyleOf(cell.Tone)) { Overflow = Overflow.Ellipsis }));
        }

        return Render(table, width);
    }

    private static Style StyleOf(Tone tone) =>
        tone switch
        {
            Tone.Good => new Style(Color.Green),
            Tone.Warning => new Style(Color.Yellow),
            Tone.Bad => new Style(Color.Red, decoration: Decoration.Bold),
            Tone.Faint => new Style(decoration: Decoration.Dim),
            _ => Style.Plain,
        };

    private static string Render(IRenderable what, int width)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = HasColours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = HasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = width;
        console.Write(what);
        return text.ToString();
    }
}
