using Recorder.Contracts.Json;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recording;

/// <summary>Shows the progress of a session. Only the session actor calls it.</summary>
internal interface ISessionView
{
    TimeSpan? RefreshInterval => null;

    /// <summary>Throws an IOException if standard output is closed.</summary>
    void OnEvent(RecorderProtocol.IEvent raised, RecorderProgress after);

    void Refresh(IReadOnlyList<RecorderProgress> all)
    {
    }

    void OnContinued(RecorderProgress ended)
    {
    }

    void OnEnded(RecorderProgress progress);
}

/// <summary>Prints each event as a line of JSON to standard output. A continued recording is events too.</summary>
internal sealed class JsonView(CommandOutput console) : ISessionView
{
    public void OnEvent(RecorderProtocol.IEvent raised, RecorderProgress after) => console.Line(ProtocolJson.Write(raised));

    public void OnEnded(RecorderProgress progress)
    {
        if (progress.Phase == Phase.Failed)
            console.Error(ProgressText.Failed(progress));
    }
}

/// <summary>Prints a line at the start and at the end of each recording; problems of the source go to standard error.</summary>
internal sealed class LineView(CommandOutput console, bool quiet) : ISessionView
{
    public void OnEvent(RecorderProtocol.IEvent raised, RecorderProgress after)
    {
        if (quiet)
            return;

        if (raised is RecorderProtocol.Started)
            console.Line(ProgressText.Started(after));
        else if (SourceText.Of(raised, after) is { } text)
            console.Error(text);
    }

    public void OnContinued(RecorderProgress ended)
    {
        if (!quiet)
            console.Error(ProgressText.Continued(ended));
    }

    public void OnEnded(RecorderProgress progress)
    {
        if (progress.Phase == Phase.Failed)
            console.Error(ProgressText.Failed(progress));
        else if (!quiet)
            console.Line(ProgressText.Stopped(progress));
    }
}

/// <summary>Shows a live line per running recorder at the bottom of a terminal, and above a line per ended recorder.</summary>
internal sealed class LiveView(CommandOutput console) : ISessionView
{
    private IReadOnlyList<RecorderProgress> _live = [];

    public TimeSpan? RefreshInterval => TimeSpan.FromMilliseconds(250);

    public void OnEvent(RecorderProtocol.IEvent raised, RecorderProgress after)
    {
        if (SourceText.Of(raised, after) is { } text)
            console.Error(text);
    }

    public void Refresh(IReadOnlyList<RecorderProgress> all)
    {
        _live = [.. all.Where(progress => !progress.HasEnded)];
        console.SetLive(_live.Count == 0 ? [] : ProgressText.Lines(_live, console.Size));
    }

    public void OnContinued(RecorderProgress ended) => console.Error(ProgressText.Continued(ended));

    public void OnEnded(RecorderProgress progress)
    {
        Refresh([.. _live.Where(other => other.Id != progress.Id)]);
        if (progress.Phase == Phase.Failed)
            console.Error(ProgressText.Failed(progress));
        else
            console.Line(ProgressText.Stopped(progress));
    }
}

internal static class SourceText
{
    public static string? Of(RecorderProtocol.IEvent raised, RecorderProgress progress) => raised switch
    {
        RecorderProtocol.SourceChanged { Status: SourceStatus.Lost } lost =>
            Line(progress, "source lost, reconnecting", lost.Detail),
        RecorderProtocol.SourceChanged { Status: SourceStatus.Changed } changed =>
            Line(progress, "source changed", changed.Detail),
        RecorderProtocol.SourceChanged { Status: SourceStatus.TimestampsMended } mended =>
            Line(progress, "timestamps corrected", mended.Detail),
        RecorderProtocol.GapRecorded gap => Line(progress, $"gap of {Quantity.Spoken(gap.Duration)}", gap.Detail),
        _ => null,
    };

    private static string Line(RecorderProgress progress, string summary, string detail) =>
        $"{progress.Id}: {summary}" + (detail.Length > 0 ? $": {detail}" : "");
}
