using Recorder.Rtsp.Payloads;
using Recorder.Rtsp.Rtp;

namespace Recorder.Rtsp.Sessions;

/// <summary>Takes the media of a session.</summary>
internal interface IMediaReceiver : ITrackReceiver
{
    /// <summary>Gives the memory in which the frames of a track are put together.</summary>
    IFrameBuffer CreateBuffer(int track, TrackFormat format);
}
