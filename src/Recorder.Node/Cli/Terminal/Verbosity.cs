namespace Recorder.Node.Cli.Terminal;

/// <summary>How much a command prints while it runs.</summary>
internal enum Verbosity
{
    /// <summary>Progress and warnings.</summary>
    Normal = 0,

    /// <summary>Errors only.</summary>
    Quiet = 1,

    /// <summary>The whole log.</summary>
    Verbose = 2,
}
