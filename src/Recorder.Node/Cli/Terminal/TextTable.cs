using Spectre.Console;
using Spectre.Console.Rendering;

namespace Recorder.Node.Cli.Terminal;

/// <summary>The meaning of a text. On a terminal it adds a colour; the text alone says the same.</summary>
internal enum Tone
{
    Plain,
    Good,
    Warning,
    Bad,
    Faint,
}

internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>A table for people: as wide as the terminal, or as wide as its text where there is no terminal.</summary>
internal sealed class TextTable(params string[] headers)
{
    private const int Unlimited = 1 << 20;

    private readonly List<Cell[]> _rows = [];

    public void Add(params Cell[] cells) => _rows.Add([.. cells.Select(cell => cell with { Text = Clean(cell.Text) })]);

    public void Write(CommandOutput console)
    {
        if (console.IsTerminal)
        {
            console.Line(Render(Build(), console.Size.Width, HasColours).TrimEnd('\n'));
            return;
        }

        foreach (var line in ToLines())
            console.Line(line);
    }

    public IEnumerable<string> ToLines() =>
        Render(Build(), Unlimited, colours: false).TrimEnd('\n').Split('\n').Select(line => line.TrimEnd());

    /// <summary>A text in the colour of its meaning; plain where there is no terminal or <c>NO_COLOR</c> is set.</summary>
    public static string Coloured(string text, Tone tone, CommandOutput console) =>
        console.IsTerminal ? Render(new Text(Clean(text), StyleOf(tone)), Unlimited, HasColours).TrimEnd('\n') : Clean(text);

    /// <summary>A text without control characters, which could be escape sequences for the terminal.</summary>
    public static string Clean(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\ufffd' : c)) : text;

    private static bool HasColours => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private Table Build()
    {
        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false };
        foreach (var header in headers)
            table.AddColumn(new TableColumn(new Text(header, StyleOf(Tone.Faint))) { Padding = new Padding(0, 0, 2, 0) });

        // The first two columns name the row and its state; the others are cut first when the terminal is narrow.
        foreach (var column in table.Columns.Take(2))
            column.NoWrap();

        foreach (var row in _rows)
            table.AddRow(row.Select(cell => new Text(cell.Text, StyleOf(cell.Tone)) { Overflow = Overflow.Ellipsis }));

        return table;
    }

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Good => new Style(Color.Green),
        Tone.Warning => new Style(Color.Yellow),
        Tone.Bad => new Style(Color.Red, decoration: Decoration.Bold),
        Tone.Faint => new Style(decoration: Decoration.Dim),
        _ => Style.Plain,
    };

    private static string Render(IRenderable content, int width, bool colours)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = width;
        console.Write(content);
        return text.ToString();
    }
}
