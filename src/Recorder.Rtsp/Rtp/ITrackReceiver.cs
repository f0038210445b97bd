using Recorder.Rtsp.Payloads;

namespace Recorder.Rtsp.Rtp;

/// <summary>A frame of a track, on the timeline of its connection.</summary>
/// <param name="Timestamp">In units of the track's RTP clock, from near zero on.</param>
/// <param name="Duration">In the same units; 0 if unknown.</param>
/// <param name="Key">Whether decoding can begin with it.</param>
/// <param name="CaptureTimeUs">The sender's wall clock in microseconds since 1970; 0 if the sender has not reported it yet.</param>
/// <param name="Arrival">When its first packet was read.</param>
internal readonly record struct RtpFrame(long Timestamp, int Duration, bool Key, long CaptureTimeUs, TimeSpan Arrival);

/// <summary>Media that is missing between two frames of a track.</summary>
/// <param name="Packets">RTP packets that were lost; 0 if they came damaged.</param>
/// <param name="Frames">Whole frames that were left out, because they cannot be decoded without what is missing.</param>
/// <param name="From">Timestamp of the frame that follows the last one delivered, as far as is known.</param>
/// <param name="To">Timestamp of the next frame.</param>
internal readonly record struct RtpLoss(long Packets, int Frames, long From, long To);

/// <summary>Takes what arrives of the tracks of a connection.</summary>
internal interface ITrackReceiver
{
    /// <summary>The receiver takes the frame's bytes out of the buffer.</summary>
    void Deliver(RtpTrack track, in RtpFrame frame, IFrameBuffer buffer);

    /// <summary>Called before the next frame is delivered, or at the end.</summary>
    void Lose(RtpTrack track, in RtpLoss loss);
}
