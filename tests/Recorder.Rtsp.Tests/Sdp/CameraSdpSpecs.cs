using System.Globalization;
using System.Text;
using Recorder.Rtsp.Sdp;

namespace Recorder.Rtsp.Tests.Sdp;

public sealed class CameraSdpSpecs
{
    private static readonly string[] Shown = ["packetization-mode", "config", "profile-id"];

    public static TheoryData<string> Makers { get; } = [.. CameraSdp.All.Select(it => it.Maker)];

    [Theory]
    [MemberData(nameof(Makers))]
    public void The_tracks_of_a_camera_are_known(string maker)
    {
        var camera = CameraSdp.All.Single(it => it.Maker == maker);
        foreach (var ending in new[] { "\r\n", "\n", "\r", "\r\n\r\n", " \r\n", "\0\r\n" })
        {
            var session = SessionDescription.Parse(Encoding.UTF8.GetBytes(camera.Text.ReplaceLineEndings(ending)));
            session.Media.Select(Show).ShouldBe(camera.Tracks, ending);
        }
    }

    [Fact]
    public void There_are_many_makers() => CameraSdp.All.Count.ShouldBeGreaterThan(24);

    private static string Show(MediaDescription media)
    {
        var format = media.Formats[0];
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{media.Kind} {format.PayloadType} {format.Encoding}/{format.ClockRate}/{format.Channels} {media.Control}");
        if (media.Formats.Count > 1)
            text.Append(CultureInfo.InvariantCulture, $" +{media.Formats.Count - 1}");
        if (media.IsBackChannel)
            text.Append(" back");
        if (media.FrameRate > 0)
            text.Append(CultureInfo.InvariantCulture, $" {media.FrameRate}fps");
        if (media.Size is { } size)
            text.Append(CultureInfo.InvariantCulture, $" {size.Width}x{size.Height}");
        if (Shown.FirstOrDefault(format.Parameters.ContainsKey) is { } name)
            text.Append(CultureInfo.InvariantCulture, $" {name}={format.Parameters[name]}");
        return text.ToString();
    }
}
