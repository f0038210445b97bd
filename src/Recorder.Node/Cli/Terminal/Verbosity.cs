namespace Recorder.Node.Cli.Terminal;

/// <summary>How much a command prints while it runs.</summary>
internal enum Verbosity
{
    Normal = 0,

    /// <summary>Errors only.</summary>
    Quiet = 1,

    Verbose = 2,
}
