namespace Recorder.Node.Cli.Terminal;

internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>A recording failed, a source did not open, or a node refused or did not answer.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense; nothing was changed.</summary>
    public const int Usage = 2;

    /// <summary>128 + SIGINT, as shells report it.</summary>
    public const int Aborted = 130;
}
