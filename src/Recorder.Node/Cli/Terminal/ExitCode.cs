namespace Recorder.Node.Cli.Terminal;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    /// <summary>The exit code of a command that did everything it was asked for.</summary>
    public const int Done = 0;

    /// <summary>The exit code when a recording failed, a source did not open, or a node refused or did not answer.</summary>
    public const int Failed = 1;

    /// <summary>The exit code of a command line that makes no sense; nothing was changed.</summary>
    public const int Usage = 2;

    /// <summary>The exit code of a command that the user aborted: 128 + SIGINT, as shells report it.</summary>
    public const int Aborted = 130;
}
