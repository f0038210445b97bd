using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

internal sealed class PushInput(Demuxer demuxer, PushSession session) : IPacketInput
{
    public IReadOnlyList<StreamInfo> Streams => demuxer.Streams;
    public int StreamsVersion => demuxer.StreamsVersion;
    public string FormatName => demuxer.FormatName;
    public Action? OnWaiting { get => demuxer.OnWaiting; set => demuxer.OnWaiting = value; }

    public static PushInput Open(SourceUri source, PushSession session, MediaLimits limits, CancellationToken cancellationToken)
    {
        var options = DemuxerInput.OptionsFor(source) with
        {
            Url = source.Masked,
            Feed = session,
            ProtocolWhitelist = "none",
            LiveLowLatencyProbe = true,
            Limits = limits,
        };
        return new PushInput(Demuxer.Open(options, cancellationToken), session);
    }

    public ReadResult Read(PacketBatch into) => demuxer.Read(into);
    public void SeekToStart() => throw new NotSupportedException("A pushed stream cannot be played again.");
    public void Cancel() => demuxer.Cancel();
    public void Delivered() => session.Delivered();

    public void Dispose()
    {
        demuxer.Dispose();
        session.Leave("No recorder or viewer is reading this stream any more: connect again when one is.");
    }
}
