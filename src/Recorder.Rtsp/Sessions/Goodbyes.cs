using Recorder.Rtsp.Rtp;

namespace Recorder.Rtsp.Sessions;

/// <summary>Knows whether all senders of a session have said goodbye (RTCP BYE) for good. Reads no clock.</summary>
internal sealed class Goodbyes(RtpTrack[] tracks)
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(500);

    private TimeSpan? _since;
    private TimeSpan _quietSince;
    private long _packets;

    private bool HasEachLeft => Array.TrueForAll(tracks, each => each.HasLeft || each.Source is null);

    private long Packets => tracks.Sum(track => track.Packets);

    public void Add(RtpTrack track, TimeSpan now)
    {
        track.HasLeft = true;
        if (_since is null && HasEachLeft)
            (_since, _quietSince, _packets) = (now, now, Packets);
    }

    /// <summary>Whether nothing has come for a while since the last goodbye. Datagrams may come later than the goodbye that was sent behind
    /// them; a sender that goes on for longer has not left, and another one may follow.</summary>
    public bool AreFinal(TimeSpan now)
    {
        if (_since is not { } since)
            return false;

        if (Packets is var packets && packets != _packets)
        {
            (_quietSince, _packets) = (now, packets);
            var goesOn = now - since > Wait;
            if (goesOn || !HasEachLeft)
                _since = null;

            foreach (var track in tracks)
                track.HasLeft &= !goesOn;
        }

        return _since is not null && now - _quietSince > Wait;
    }
}
