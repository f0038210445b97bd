namespace Recorder.Rtsp.Payloads;

/// <summary>How the payloads of a track are put together, from its description.</summary>
/// <param name="Format">What is known of the track.</param>
/// <param name="Depacketizer">Makes a depacketizer.</param>
internal sealed record PayloadFormat(TrackFormat Format, Func<IFrameBuffer, IFrameSink, IDepacketizer> Depacketizer)
{
    public IDepacketizer Create(IFrameBuffer buffer, IFrameSink sink) => Depacketizer(buffer, sink);
}
