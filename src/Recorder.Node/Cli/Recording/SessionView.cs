using Recorder.Contracts;
using Recorder.Contracts.Json;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Configuration;

namespace Recorder.Node.Cli.Recording;

/// <summary>How a session shows itself. Called by the session actor only, one call at a time.</summary>
internal interface ISessionView
{
    /// <summary>How often <see cref="Refresh"/> is wanted; null never.</summary>
    TimeSpan? RefreshInterval { get; }

    /// <summary>Something happened to a recorder, which now is <paramref name="after"/>.</summary>
    /// <exception cref="IOException">Standard output is gone.</exception>
    void Happened(RecorderProtocol.IEvent happened, RecorderProgress after);

    /// <summary>The figures moved.</summary>
    void Refresh(IReadOnlyList<RecorderProgress> all);

    /// <summary>A recording ended because its source changed, and its recorder goes on in another.</summary>
    void GoesOn(RecorderProgress ended);

    /// <summary>A recorder is done, by an event or because it was refused.</summary>
    void Over(RecorderProgress progress);
}

/// <summary>Each event a line of JSON on standard output, nothing else.</summary>
internal sealed class JsonView(CommandOutput console) : ISessionView
{
    public TimeSpan? RefreshInterval => null;

    public void Happened(RecorderProtocol.IEvent happened, RecorderProgress after) => console.Line(ProtocolJson.Write(happened));

    public void Refresh(IReadOnlyList<RecorderProgress> all)
    {
    }

    // The events say it: an error, a stop, and a start of another recording.
    public void GoesOn(RecorderProgress ended)
    {
    }

    public void Over(RecorderProgress progress)
    {
        if (progress.Phase == Phase.Failed)
        {
            console.Error(ProgressText.Failing(progress));
        }
    }
}

/// <summary>A line at the beginning and at the end of each recording; what befalls a source in between goes to standard error.</summary>
internal sealed class LineView(CommandOutput console, bool quiet) : ISessionView
{
    public TimeSpan? RefreshInterval => null;

    public void Happened(RecorderProtocol.IEvent happened, RecorderProgress after)
    {
        if (quiet)
        {
            return;
        }

        if (happened is RecorderProtocol.Started)
        {
            console.Line(ProgressText.Beginning(after));
        }
        else if (SourceText.Of(happened, after) is { } text)
        {
            console.Error(text);
        }
    }

    public void Refresh(IReadOnlyList<RecorderProgress> all)
    {
    }

    public void GoesOn(RecorderProgress ended)
    {
        if (!quiet)
        {
            console.Error(ProgressText.GoingOn(ended));
        }
    }

    public void Over(RecorderProgress progress)
    {
        if (progress.Phase == Phase.Failed)
        {
            console.Error(ProgressText.Failing(progress));
        }
        else if (!quiet)
        {
            console.Line(ProgressText.Ending(progress));
        }
    }
}

/// <summary>A live line a recorder at the bottom of a terminal, and a line for each that is done above them.</summary>
internal sealed class LiveView(CommandOutput console) : ISessionView
{
    private IReadOnlyList<RecorderProgress> _live = [];

    public TimeSpan? RefreshInterval => TimeSpan.FromMilliseconds(250);

    public void Happened(RecorderProtocol.IEvent happened, RecorderProgress after)
    {
        if (SourceText.Of(happened, after) is { } text)
        {
            console.Error(text);
        }
    }

    public void Refresh(IReadOnlyList<RecorderProgress> all)
    {
        _live = [.. all.Where(progress => !progress.IsOver)];
        console.SetLive(_live.Count == 0 ? [] : ProgressText.Lines(_live, console.Size));
    }

    public void GoesOn(RecorderProgress ended) => console.Error(ProgressText.GoingOn(ended));

    public void Over(RecorderProgress progress)
    {
        Refresh([.. _live.Where(other => other.Id != progress.Id)]);
        if (progress.Phase == Phase.Failed)
        {
            console.Error(ProgressText.Failing(progress));
        }
        else
        {
            console.Line(ProgressText.Ending(progress));
        }
    }
}

/// <summary>What befalls a source while it is recorded.</summary>
internal static class SourceText
{
    public static string? Of(RecorderProtocol.IEvent happened, RecorderProgress progress) =>
        happened switch
        {
            RecorderProtocol.SourceChanged { Status: SourceStatus.Lost } lost => Say(progress, "the source is lost, reconnecting", lost.Detail),
            RecorderProtocol.SourceChanged { Status: SourceStatus.Changed } changed => Say(progress, "the source changed", changed.Detail),
            RecorderProtocol.SourceChanged { Status: SourceStatus.TimestampsMended } mended => Say(progress, "timestamps were corrected", mended.Detail),
            RecorderProtocol.GapRecorded gap => Say(progress, $"a gap of {Quantity.Spoken(gap.Duration)}", gap.Detail),
            _ => null,
        };

    private static string Say(RecorderProgress progress, string what, string detail) =>
        $"{progress.Id}: {what}" + (detail.Length > 0 ? $": {detail}" : "");
}
