using System.CommandLine.Parsing;
using Recorder.Node.Cli.Doctor;
using Recorder.Node.Cli.Events;
using Recorder.Node.Cli.Folders;
using Recorder.Node.Cli.Library;
using Recorder.Node.Cli.Recorders;
using Recorder.Node.Cli.Recording;
using Recorder.Node.Cli.Serving;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Cli.Nodes;
using Recorder.Node.Cli.Takes;

namespace Recorder.Node.Cli;

internal sealed record CliCommand(string Name, string Description, string HelpEnding, Func<CommandOutput, Command> Create);

/// <summary>To start fast, only the command that is called gets its options.</summary>
internal static class CommandTree
{
    public static IReadOnlyList<CliCommand> All { get; } =
    [
        new("record", RecordCommand.Description, HelpTexts.Record, console => new RecordCommand().Create(console)),
        new("probe", ProbeCommand.Description, HelpTexts.Probe, console => new ProbeCommand().Create(console)),
        new("serve", ServeCommand.Description, HelpTexts.Serve, console => new ServeCommand().Create(console)),
        new("verify", FolderCommands.VerifyDescription, HelpTexts.Folders, console => new FolderCommands(console).CreateVerify()),
        new("repair", FolderCommands.RepairDescription, HelpTexts.Folders, console => new FolderCommands(console).CreateRepair()),
        new("ls", ListCommand.Description, HelpTexts.List, console => new ListCommand(console).Create()),
        new("add", AddCommand.Description, HelpTexts.Add, console => new AddCommand(console).Create()),
        Verb("rm", "Remove recorders. Running recordings are stopped; the files of recordings are kept."),
        Verb("start", "Start recorders."),
        Verb("stop", "Stop recorders."),
        Verb("pause", "Pause recorders. Media is discarded until they are resumed."),
        Verb("resume", "Resume paused recorders."),
        Verb("requestData", "End the current blob of recorders now and announce it."),
        Verb("split", "Start a new file at the next key frame."),
        Verb("mark", "Add a named mark at the current moment of recordings."),
        new("take", TakeCommand.Description, HelpTexts.Take, console => new TakeCommand(console).Create()),
        new("tail", TailCommand.Description, HelpTexts.Tail, console => new TailCommand(console).Create()),
        new("recordings", RecordingsCommand.Description, HelpTexts.Recordings, console => new RecordingsCommand(console).Create()),
        new("export", ExportCommand.Description, HelpTexts.Export, console => new ExportCommand(console).Create()),
        new("doctor", DoctorCommand.Description, HelpTexts.Doctor, console => new DoctorCommand(console).Create()),
        new("completion", CompletionCommand.Description, HelpTexts.Completion, console => new CompletionCommand(console).Create()),
        new("node", "List, drain and remove nodes of a cluster.", HelpTexts.Node, console => new NodeCommand(console).Create()),
        new("cluster", ClusterCommand.Description, HelpTexts.Cluster, console => new ClusterCommand(console).Create()),
        new("clock", ClockCommand.Description, HelpTexts.Clock, console => new ClockCommand(console).Create()),
        new("keys", KeysCommand.Description, HelpTexts.Keys, console => new KeysCommand(console).Create()),
    ];

    /// <summary>Without <paramref name="arguments"/> every command has all its options.</summary>
    public static RootCommand Create(CommandOutput console, IReadOnlyList<string>? arguments)
    {
        // A shell that asks for completions passes the whole line as one argument, so any command can be meant.
        arguments = arguments is [['[', 's', 'u', 'g', 'g', 'e', 's', 't', ..], ..] ? null : arguments;
        var called = arguments?.FirstOrDefault(argument => All.Any(command => command.Name == argument));
        var root = new RootCommand("Record cameras, files and test patterns to files that play anywhere, and serve the recordings.");
        foreach (var command in All)
        {
            var isNeeded = arguments is null || command.Name == called;
            root.Add(isNeeded ? command.Create(console) : new Command(command.Name, command.Description));
        }

        return root;
    }

    public static string HelpEndingOf(CommandResult command) => command switch
    {
        { Parent: null } => HelpTexts.Root,
        { Parent: CommandResult { Parent: not null } parent } => HelpEndingOf(parent),
        _ => All.First(known => known.Name == command.Command.Name).HelpEnding,
    };

    private static CliCommand Verb(string name, string description) =>
        new(name, description, HelpTexts.Verb(name), console => new VerbCommand(console, name).Create(description));
}
