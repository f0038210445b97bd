using System.CommandLine;
using Recorder.Node.Cli.Doctor;
using Recorder.Node.Cli.Events;
using Recorder.Node.Cli.Folders;
using Recorder.Node.Cli.Library;
using Recorder.Node.Cli.Recorders;
using Recorder.Node.Cli.Recording;
using Recorder.Node.Cli.Serving;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Cluster;

namespace Recorder.Node.Cli;

/// <summary>A command of the program.</summary>
/// <param name="Name">What the user types.</param>
/// <param name="Description">One line of help.</param>
/// <param name="Ending">What its help ends with: forms and examples.</param>
/// <param name="Create">Makes it, with options and action.</param>
internal sealed record CliCommand(string Name, string Description, string Ending, Func<CommandOutput, Command> Create);

/// <summary>
/// All commands. Only the one that is called is made with all its options: the program starts often, and a script that records does not
/// pay for what it does not use.
/// </summary>
internal static class CommandTree
{
    private delegate T? Reader<T>(ParseResult line, out string problem);

    /// <summary>The commands, in the order of the help.</summary>
    public static IReadOnlyList<CliCommand> All { get; } =
    [
        new("record", "Record sources until they end, --duration is reached, or Ctrl-C (a second one aborts).", HelpTexts.Record, console =>
        {
            var record = new RecordCommand();
            return Acting(record.Create(), record.Read, request => RecordRun.RunAsync(request, console), console);
        }),
        new("probe", "Show a source's tracks, and what they can be recorded to.", HelpTexts.Probe, console =>
        {
            var probe = new ProbeCommand();
            return Acting(probe.Create(), probe.Read, request => ProbeRun.RunAsync(request, console), console);
        }),
        new("serve", "Run a node: recorders that are kept, and their API over HTTP, until SIGTERM or Ctrl-C.", HelpTexts.Serve, console =>
        {
            var serve = new ServeCommand();
            return Acting(serve.Create(), serve.Read, request => ServeRun.RunAsync(request, console), console);
        }),
        new("verify", FolderCommands.VerifyDescription, HelpTexts.Folders, console => new FolderCommands(console).CreateVerify()),
        new("repair", FolderCommands.RepairDescription, HelpTexts.Folders, console => new FolderCommands(console).CreateRepair()),
        new("ls", "List the recorders of a node.", HelpTexts.List, console => new ListCommand(console).Create()),
        new("add", "Define a recorder on a node.", HelpTexts.Add, console => new AddCommand(console).Create()),
        Verb("rm", "Remove recorders; what they record is stopped first, and their recordings stay."),
        Verb("start", "Start recorders."),
        Verb("stop", "Stop recorders."),
        Verb("pause", "Pause recorders: what comes is left out until they are resumed."),
        Verb("resume", "Resume recorders that are paused."),
        Verb("requestData", "Make blobs of what was gathered so far."),
        Verb("split", "Begin a new file at the next key frame."),
        Verb("mark", "Name the present moment of recordings."),
        new("tail", "Follow the events of a node, until Ctrl-C.", HelpTexts.Tail, console => new TailCommand(console).Create()),
        new("recordings", "List what was recorded, newest first.", HelpTexts.Recordings, console => new RecordingsCommand(console).Create()),
        new(
            "export", "Make one finished file of a recording, or of a part of it.", HelpTexts.Export,
            console => new ExportCommand(console).Create()),
        new(
            "doctor", "Check what a node needs: FFmpeg, the data folder and its disk, the port.", HelpTexts.Doctor,
            console => new DoctorCommand(console).Create()),
        new(
            "completion", "Print what makes a shell complete this program's commands.", HelpTexts.Completion,
            console => new CompletionCommand(console).Create()),
        new(
            "node", "List, drain and remove nodes of a cluster.", HelpTexts.Node, console => new NodeCommand(console).Create()),
        new("cluster", "Look at a cluster.", HelpTexts.Cluster, console => new ClusterCommand(console).Create()),
        new("clock", "Show whether a node trusts its system clock, or say that it may.", HelpTexts.Clock, console => new ClockCommand(console).Create()),
        new("keys", "Make, list and remove API keys of a node.", HelpTexts.Keys, console => new KeysCommand(console).Create()),
    ];

    /// <summary>The program's command line.</summary>
    /// <param name="console">Where commands say what they do.</param>
    /// <param name="arguments">As the shell gives them; null makes every command with all its options.</param>
    public static RootCommand Create(CommandOutput console, IReadOnlyList<string>? arguments)
    {
        // Who asks for suggestions gives the whole line as one argument: all that there is may be meant.
        arguments = arguments is [['[', 's', 'u', 'g', 'g', 'e', 's', 't', ..], ..] ? null : arguments;
        var called = arguments?.FirstOrDefault(argument => All.Any(command => command.Name == argument));
        var root = new RootCommand("Records cameras, files and test patterns into files that play, and serves what it records.");
        foreach (var command in All)
        {
            root.Add(arguments is null || command.Name == called ? command.Create(console) : new Command(command.Name, command.Description));
        }

        return root;
    }

    /// <summary>What the help of a command ends with.</summary>
    public static string EndingOf(Command command) =>
        command is RootCommand ? HelpTexts.Root : All.FirstOrDefault(known => known.Name == command.Name)?.Ending ?? "";

    private static CliCommand Verb(string name, string description) =>
        new(name, description, HelpTexts.Verb(name), console => new VerbCommand(console, name).Create(description));

    private static Command Acting<T>(Command command, Reader<T> read, Func<T, Task<int>> run, CommandOutput console)
        where T : class
    {
        command.SetAction((line, _) => read(line, out var problem) is { } request ? run(request) : console.RefuseAsync(problem));
        return command;
    }
}
