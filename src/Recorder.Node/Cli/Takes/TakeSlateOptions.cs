using Recorder.Node.Cli.Arguments;

namespace Recorder.Node.Cli.Takes;

/// <summary>The options that say what is written on the slate.</summary>
internal sealed class TakeSlateOptions
{
    private readonly Option<string?> _project = CliOption.Text("--project", "NAME", "The project.");
    private readonly Option<string?> _scene = CliOption.Text("--scene", "NAME", "The scene; takes are numbered within it.");
    private readonly Option<string?> _shot = CliOption.Text("--shot", "NAME", "The shot.");
    private readonly Option<string?> _template = CliOption.Text(
        "--template", "TEXT", $"The names of the angles' files: {{project}}, {{scene}}, {{shot}}, {{take}}, {{camera}}, {{angle}}, {{reel}} (default: {Slate.DefaultTemplate}).");
    private readonly Option<string?> _notes = CliOption.Text("--notes", "TEXT", "Notes.");

    public IEnumerable<Option> All => [_project, _scene, _shot, _template, _notes];

    public void AddTo(JsonObject body, ParseResult line)
    {
        foreach (var (member, option) in (IEnumerable<(string, Option<string?>)>)[
            ("project", _project), ("scene", _scene), ("shot", _shot), ("template", _template), ("notes", _notes)])
        {
            if (line.GetValue(option) is { } text)
                body[member] = text;
        }
    }
}
