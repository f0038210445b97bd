namespace Recorder.Rtsp.Tests.Sdp;

/// <summary>A description in the style of a maker, and what it means.</summary>
/// <param name="Tracks">Kind, payload type, encoding, clock rate, channels, control, and what else is known of each track.</param>
internal sealed record CameraSdp(string Maker, string Text, params string[] Tracks)
{
    public static IReadOnlyList<CameraSdp> All { get; } = [.. OlderCameras.All, .. NewerCameras.All, .. ServerPrograms.All];
}
