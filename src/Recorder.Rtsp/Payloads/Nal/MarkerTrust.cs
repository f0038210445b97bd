namespace Recorder.Rtsp.Payloads;

/// <summary>Whether the marker bit of a camera ends its access units. Some set it on each NAL unit, some never, some on parameter sets
/// only, so it counts only after it was right, and never again after it was wrong.</summary>
internal sealed class MarkerTrust
{
    private bool _right;
    private bool _wrong;

    // Packets with the present timestamp.
    private int _packets;

    public bool EndsFrames => _right && !_wrong;

    public bool WasWrong => _wrong;

    /// <summary>Whether a packet with the present timestamp had the marker.</summary>
    public bool Seen { get; private set; }

    /// <summary>The timestamp changed.</summary>
    public void Reset() => (_packets, Seen) = (0, false);

    /// <param name="leading">Whether the unit opens an access unit, and so says nothing of the marker before it.</param>
    public void AddUnit(bool leading) => _wrong |= Seen && !leading;

    /// <summary>A fragment follows another one of the same unit.</summary>
    public void Continue() => _wrong |= Seen;

    /// <param name="marker">The marker bit.</param>
    /// <param name="ofSlices">Whether the packet surely belongs to the access unit, and not to the next one.</param>
    public void EndPacket(bool marker, bool ofSlices)
    {
        _packets += ofSlices ? 1 : 0;
        Seen |= marker;
    }

    /// <summary>A whole access unit is over. One of a single packet shows nothing: a marker on each packet looks the same.</summary>
    public void EndFrame()
    {
        _right |= Seen && _packets > 1;
        _packets = 0;
    }
}
