namespace Recorder.Node.Cli.Terminal;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    /// <summary>Everything that was asked for was done.</summary>
    public const int Done = 0;

    /// <summary>A recording failed, a source could not be opened, a node refused or did not answer.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense; nothing was touched.</summary>
    public const int Usage = 2;

    /// <summary>Aborted by the user, as a shell would say it.</summary>
    public const int Aborted = 130;
}
