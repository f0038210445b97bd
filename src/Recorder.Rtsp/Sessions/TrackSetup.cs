using Recorder.Rtsp.Payloads;

namespace Recorder.Rtsp.Sessions;

/// <summary>A track that the server has agreed to send.</summary>
/// <param name="Format">What its packets hold.</param>
/// <param name="PayloadTypes">Those that the description names for it.</param>
/// <param name="Control">Its URL.</param>
internal sealed record TrackSetup(PayloadFormat Format, IReadOnlyList<int> PayloadTypes, string Control)
{
    public byte Channel { get; init; }

    public byte ReportChannel { get; init; }

    /// <summary>Null for a track over TCP.</summary>
    public DatagramPair? Datagrams { get; init; }
}
