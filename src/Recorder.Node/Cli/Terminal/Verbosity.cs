namespace Recorder.Node.Cli.Terminal;

internal enum Verbosity
{
    Normal,

    /// <summary>Errors only.</summary>
    Quiet,
    Verbose,
}
