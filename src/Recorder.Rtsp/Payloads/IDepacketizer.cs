namespace Recorder.Rtsp.Payloads;

/// <summary>The payload of an RTP packet, in the order of sending.</summary>
/// <param name="Bytes">Without padding; valid until <see cref="FrameAssembler.Park"/>.</param>
/// <param name="Timestamp">The RTP timestamp as a counter that does not wrap.</param>
/// <param name="Marker">The marker bit.</param>
/// <param name="Lost">How many packets directly before this one are lost.</param>
internal readonly record struct RtpPayload(ReadOnlyMemory<byte> Bytes, long Timestamp, bool Marker, int Lost)
{
    /// <summary>The header extension with its four bytes of profile and length; empty without one. ONVIF sends the size of large JPEG
    /// pictures there.</summary>
    public ReadOnlyMemory<byte> Extension { get; init; }
}

/// <summary>A depacketizer that finds the codec header in the stream.</summary>
internal interface IInBandHeader
{
    /// <summary>What <see cref="TrackFormat.Header"/> is before; null until it was sent. For the sink to read at each frame.</summary>
    byte[]? Header { get; }
}

/// <summary>A whole frame.</summary>
/// <param name="Timestamp">The RTP timestamp as a counter that does not wrap.</param>
/// <param name="Duration">In units of the RTP clock; 0 if unknown.</param>
/// <param name="Key">Whether decoding can begin with it.</param>
internal readonly record struct FrameInfo(long Timestamp, int Duration, bool Key);

/// <summary>Takes the frames of one track.</summary>
internal interface IFrameSink
{
    /// <summary>The sink takes the frame out of the assembler with <see cref="FrameAssembler.Complete"/>, or clears it.</summary>
    void Deliver(in FrameInfo frame, FrameAssembler assembler);

    /// <summary>A frame, or a part of the stream between frames, is missing or damaged and was left out.</summary>
    /// <param name="timestamp">Of the packet at which this was seen.</param>
    /// <param name="othersNeedIt">Whether frames that follow cannot be decoded without it; not for a frame that no other refers
    /// to, nor for sound.</param>
    void Miss(long timestamp, bool othersNeedIt);
}

/// <summary>Puts the payloads of one track together to frames. What it is sent may be anything: it never throws but an <see
/// cref="RtspException"/> for a frame that is too large, keeps no more than one frame, and leaves out what it cannot
/// understand. Used by one thread at a time.</summary>
internal interface IDepacketizer
{
    void Add(in RtpPayload packet);

    /// <summary>Copies what is kept of the receive buffer.</summary>
    void Park();

    /// <summary>The connection is over: delivers the last frame if it is known to be whole, and forgets the rest.</summary>
    void Finish();
}
