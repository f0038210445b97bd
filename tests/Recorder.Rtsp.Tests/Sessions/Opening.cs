using System.Net;
using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>Opens sessions with a scripted camera.</summary>
internal static class Opening
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static RtspSession Open(
        ScriptedCamera camera, IMediaReceiver? receiver = null, RtspTransport transport = RtspTransport.Automatic, string user = "",
        TimeSpan? deadline = null, TimeProvider? time = null, bool takesData = false, CancellationToken cancellation = default)
    {
        var wire = PlainWire.Connect([IPAddress.Loopback], camera.Port, Patience, cancellation);
        var options = new RtspOptions
        {
            Url = camera.Url.Replace("//", $"//{user}", StringComparison.Ordinal),
            Transport = transport,
            Deadline = deadline ?? Patience,
            TakesData = takesData,
        };
        return RtspHandshake.Open(wire, options, receiver ?? new MediaLog(), time ?? TimeProvider.System, new byte[256 << 10], cancellation);
    }

    /// <summary>Opening must fail in the one way that is allowed.</summary>
    public static RtspException Refused(
        ScriptedCamera camera, RtspFault fault, RtspTransport transport = RtspTransport.Automatic, string user = "", TimeSpan? deadline = null)
    {
        var error = Should.Throw<RtspException>(() => Open(camera, transport: transport, user: user, deadline: deadline).Dispose());
        error.Fault.ShouldBe(fault, error.Message);
        // A sentence that goes on after "camera 7:", without a full stop.
        error.Message.ShouldNotBeNullOrWhiteSpace();
        error.Message.ShouldNotEndWith(".");
        error.Message.ShouldNotContain("s3cret");
        return error;
    }

    /// <summary>Reads until something is so; returns false if the stream ended before. The clock of a spec goes on meanwhile.</summary>
    public static bool ReadUntil(this RtspSession session, Func<bool> condition, SpecTime? time = null)
    {
        var buffer = new byte[256 << 10];
        var begin = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(begin).ShouldBeLessThan(Patience, "nothing came");
            if (!session.Read(buffer, TimeSpan.FromMilliseconds(time is null ? 5 : 1)))
                return condition();

            time?.Advance(TimeSpan.FromMilliseconds(20));
        }

        return true;
    }

    /// <summary>Reads until the stream is over.</summary>
    public static void ReadToEnd(this RtspSession session, SpecTime? time = null) => session.ReadUntil(() => false, time).ShouldBeFalse();
}
