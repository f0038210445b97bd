using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>Reads a pushed stream from one connection of its sender.</summary>
internal sealed class PushInput : ICaptureInput
{
    private readonly Demuxer _demuxer;
    private readonly PushSession _session;

    private PushInput(Demuxer demuxer, PushSession session) => (_demuxer, _session) = (demuxer, session);

    public IReadOnlyList<StreamInfo> Streams => _demuxer.Streams;
    public int StreamsVersion => _demuxer.StreamsVersion;
    public string FormatName => _demuxer.FormatName;
    public TimeSpan? Duration => null;
    public long? StartTimeRealtimeUs => null;

    public Action? OnWaiting
    {
        get => _demuxer.OnWaiting;
        set => _demuxer.OnWaiting = value;
    }

    public static PushInput Open(SourceUri source, PushSession session, MediaLimits limits, CancellationToken cancellationToken) =>
        new(
            Demuxer.Open(
                new DemuxerOptions
                {
                    Url = source.Masked,
                    Feed = session,
                    FormatWhitelist = SourceSchemes.Of(source).Formats,
                    ProtocolWhitelist = "none",
                    OpenDeadline = source.OpenDeadline,
                    ReadDeadline = (source.StatedDeadline ?? SourcePatience.Longest) + TimeSpan.FromSeconds(1),
                    LiveLowLatencyProbe = true,
                    Limits = limits,
                },
                cancellationToken),
            session);

    public ReadResult Read(PacketBatch into) => _demuxer.Read(into);
    public void SeekToStart() => throw new NotSupportedException("A pushed stream cannot be played again.");
    public void Cancel() => _demuxer.Cancel();
    public void Delivered() => _session.Delivered();

    public void Dispose()
    {
        _demuxer.Dispose();
        _session.Leave("No recorder or viewer is reading this stream any more: connect again when one is.");
    }
}
