using Recorder.Rtsp.Payloads;

namespace Recorder.Rtsp.Sdp;

/// <summary>Tells the tracks that a camera sends from the one that it wants to be sent.</summary>
internal static class BackChannels
{
    /// <summary>ONVIF Streaming, 5.3: directions are those of the client, so sendonly is the back channel. A server that calls its video
    /// sendonly means its own direction, as RFC 3264 has it; then recvonly is the back channel. Only sound has one, and never the
    /// only track.</summary>
    public static IReadOnlyList<MediaDescription> Mark(IReadOnlyList<MediaDescription> media)
    {
        if (media.Count < 2)
            return media;

        var isOfServer = media.Any(it => it.Kind == TrackKind.Video && it.Direction == MediaDirection.SendOnly);
        var back = isOfServer ? MediaDirection.ReceiveOnly : MediaDirection.SendOnly;
        return [.. media.Select(it => it with { IsBackChannel = it.Kind == TrackKind.Audio && it.Direction == back })];
    }
}
