namespace Recorder.Node.Cli.Terminal;

/// <summary>How much is said on the way.</summary>
internal enum Verbosity
{
    /// <summary>Progress and warnings.</summary>
    Normal = 0,

    /// <summary>Errors only.</summary>
    Quiet = 1,

    /// <summary>Everything that is logged.</summary>
    Verbose = 2,
}
