using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Tests.Messages;

public sealed class RtspUrlSpecs
{
    [Theory]
    [InlineData("rtsp://cam/live", "cam", 554, "rtsp://cam/live", null)]
    [InlineData("rtsp://cam:8554", "cam", 8554, "rtsp://cam:8554", null)]
    [InlineData("RTSPS://cam:/x?y=1#z", "cam", 322, "RTSPS://cam:/x?y=1#z", null)]
    [InlineData("rtsp://u:p@10.0.0.1:554/s", "10.0.0.1", 554, "rtsp://10.0.0.1:554/s", "u:p")]
    [InlineData("rtsp://u:p@ss:w@cam/s@1", "cam", 554, "rtsp://cam/s@1", "u:p@ss:w")]
    [InlineData("rtsp://[fe80::1]:8554/s", "fe80::1", 8554, "rtsp://[fe80::1]:8554/s", null)]
    [InlineData("rtsp://[fe80::1]/s", "fe80::1", 554, "rtsp://[fe80::1]/s", null)]
    [InlineData(" rtsp://cam/my stream/é%20 ", "cam", 554, "rtsp://cam/my%20stream/%C3%A9%20", null)]
    [InlineData("rtsp://cam?user=u&password=p", "cam", 554, "rtsp://cam?user=u&password=p", null)]
    public void A_URL_is_taken_apart_without_changing_what_is_requested(string text, string host, int port, string request, string? userInfo)
    {
        var url = RtspUrl.Parse(text);
        (url.Host, url.Port, url.Request, url.UserInfo()).ShouldBe((host, port, request, userInfo));
        url.IsTls.ShouldBe(text.StartsWith("RTSPS", StringComparison.Ordinal));
        if (userInfo is not null)
            url.ToString().ShouldNotContain(userInfo);
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://u:secret@cam/")]
    [InlineData("rtsp://")]
    [InlineData("rtsp://u:secret@/x")]
    [InlineData("rtsp://u:secret@cam:99999/")]
    [InlineData("rtsp://u:secret@cam:0/")]
    [InlineData("rtsp://cam:x/")]
    public void A_URL_that_makes_no_sense_is_refused_without_being_repeated(string text)
    {
        var refusal = Should.Throw<RtspException>(() => RtspUrl.Parse(text));
        refusal.Fault.ShouldBe(RtspFault.Malformed);
        refusal.Message.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("rtsp://cam/live/", null, null, "rtsp://cam/live/")]
    [InlineData(null, "rtsp://cam/location", null, "rtsp://cam/location")]
    [InlineData("rtsp://a/", "rtsp://b/", "rtsp://c/", "rtsp://a/")]
    [InlineData(null, null, "rtsp://c/live", "rtsp://c/live")]
    [InlineData(null, null, "*", "rtsp://asked:554/x?y=1")]
    [InlineData(null, null, null, "rtsp://asked:554/x?y=1")]
    [InlineData("", "  ", null, "rtsp://asked:554/x?y=1")]
    [InlineData("/live/", null, null, "rtsp://asked:554/live/")]
    [InlineData("live/", null, null, "rtsp://asked:554/x?y=1")]
    [InlineData("rtsp://u:p@192.168.0.64/live/", null, null, "rtsp://192.168.0.64/live/")]
    [InlineData("rtsp://cam/a b/\u00e9", null, null, "rtsp://cam/a%20b/%E9")]
    public void The_base_is_what_the_server_says_or_what_was_asked_for(string? contentBase, string? location, string? control, string expected)
    {
        RtspHeader[] headers = [new("Content-Base", contentBase!), new("Content-Location", location!)];
        RtspUrl.Base(new RtspHeaders([.. headers.Where(it => it.Value is not null)]), "rtsp://asked:554/x?y=1", control).ShouldBe(expected);
    }

    [Theory]
    [InlineData("rtsp://cam/live", "trackID=1", "rtsp://cam/live/trackID=1")]
    [InlineData("rtsp://cam/live/", "trackID=1", "rtsp://cam/live/trackID=1")]
    [InlineData("rtsp://cam/live/", "/trackID=1", "rtsp://cam/live/trackID=1")]
    [InlineData("rtsp://cam/live", "/trackID=1", "rtsp://cam/live/trackID=1")]
    [InlineData("rtsp://cam/live", "/live/trackID=1", "rtsp://cam/live/trackID=1")]
    [InlineData("rtsp://cam/live/", "/live/trackID=1", "rtsp://cam/live/trackID=1")]
    [InlineData("rtsp://cam/live", "*", "rtsp://cam/live")]
    [InlineData("rtsp://cam/live", "", "rtsp://cam/live")]
    [InlineData("rtsp://cam/live", null, "rtsp://cam/live")]
    [InlineData("rtsp://cam/live", "rtsp://192.168.1.2:554/live/track1", "rtsp://192.168.1.2:554/live/track1")]
    [InlineData("rtsp://cam/live", "RTSP://u:p@cam/live/track1", "RTSP://cam/live/track1")]
    [InlineData("rtsp://cam/cam/realmonitor?channel=1&subtype=0", "trackID=0", "rtsp://cam/cam/realmonitor?channel=1&subtype=0/trackID=0")]
    [InlineData("rtsp://cam/cam/realmonitor?channel=1&subtype=0/", "trackID=0", "rtsp://cam/cam/realmonitor?channel=1&subtype=0/trackID=0")]
    [InlineData("rtsp://cam/axis-media/media.amp", "?stream=0", "rtsp://cam/axis-media/media.amp?stream=0")]
    [InlineData("rtsp://cam/live", "track 1?u=http://x", "rtsp://cam/live/track%201?u=http://x")]
    [InlineData("rtsp://cam", "1", "rtsp://cam/1")]
    [InlineData("rtsp://cam/", "/", "rtsp://cam/")]
    public void A_control_attribute_is_joined_as_cameras_need_it(string baseUrl, string? control, string expected) =>
        RtspUrl.Join(baseUrl, control).ShouldBe(expected);
}
