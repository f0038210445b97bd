namespace Recorder.Rtsp.Tests.Sdp;

internal static class ServerPrograms
{
    public static IEnumerable<CameraSdp> All =>
    [
        new("GStreamer", """
            v=0
            o=- 3377215213485121459 1 IN IP4 127.0.0.1
            s=Session streamed with GStreamer
            i=rtsp-server
            t=0 0
            a=tool:GStreamer
            a=type:broadcast
            a=control:*
            a=range:npt=now-
            m=video 0 RTP/AVP 96
            c=IN IP4 0.0.0.0
            a=rtpmap:96 VP8/90000
            a=framerate:30
            a=control:stream=0
            a=ts-refclk:ntp=0.pool.ntp.org
            a=mediaclk:sender
            m=audio 0 RTP/AVP 97
            c=IN IP4 0.0.0.0
            a=rtpmap:97 OPUS/48000/2
            a=fmtp:97 sprop-maxcapturerate=48000;sprop-stereo=1
            a=control:stream=1
            """,
            "Video 96 VP8/90000/0 stream=0 30fps", "Audio 97 OPUS/48000/2 stream=1"),
        new("live555, multicast", """
            v=0
            o=- 1580000000000000 1 IN IP4 192.168.3.4
            s=Session streamed by "testH264VideoStreamer"
            i=test.264
            t=0 0
            a=tool:LIVE555 Streaming Media v2022.07.14
            a=type:broadcast
            a=control:*
            a=source-filter: incl IN IP4 * 192.168.3.4
            a=rtcp-unicast: reflection
            a=range:npt=0-
            m=video 18888 RTP/AVP 96
            c=IN IP4 232.42.39.62/255
            b=AS:500
            a=rtpmap:96 H264/90000
            a=fmtp:96 packetization-mode=1;profile-level-id=64001F;sprop-parameter-sets=Z2QAH6zZQFAFuwEQAAADABAAAAMDIPGDGWA=,aOvjyyLA
            a=control:track1
            """,
            "Video 96 H264/90000/0 track1 packetization-mode=1"),
        new("MediaMTX", """
            v=0
            o=- 0 0 IN IP4 127.0.0.1
            s=Stream
            c=IN IP4 0.0.0.0
            t=0 0
            m=video 0 RTP/AVP 96
            a=control:rtsp://localhost:8554/cam/trackID=0
            a=rtpmap:96 H264/90000
            a=fmtp:96 packetization-mode=1; profile-level-id=42C01E; sprop-parameter-sets=Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==
            m=audio 0 RTP/AVP 97
            a=control:rtsp://localhost:8554/cam/trackID=1
            a=rtpmap:97 mpeg4-generic/48000/2
            a=fmtp:97 config=1190; indexdeltalength=3; indexlength=3; mode=AAC-hbr; profile-level-id=1; sizelength=13; streamtype=5
            """,
            "Video 96 H264/90000/0 rtsp://localhost:8554/cam/trackID=0 packetization-mode=1",
            "Audio 97 MPEG4-GENERIC/48000/2 rtsp://localhost:8554/cam/trackID=1 config=1190"),
        new("VLC", """
            v=0
            o=- 16902231134253410483 16902231134253410483 IN IP4 desk
            s=Unnamed
            i=N/A
            c=IN IP4 0.0.0.0
            t=0 0
            a=tool:vlc 3.0.18
            a=recvonly
            a=type:broadcast
            a=charset:UTF-8
            a=control:rtsp://192.168.1.5:8554/film
            m=audio 0 RTP/AVP 14
            b=RR:0
            a=rtpmap:14 MPA/90000/2
            a=control:rtsp://192.168.1.5:8554/film/trackID=4
            m=video 0 RTP/AVP 32
            b=RR:0
            a=rtpmap:32 MPV/90000
            a=control:rtsp://192.168.1.5:8554/film/trackID=5
            """,
            "Audio 14 MPA/90000/2 rtsp://192.168.1.5:8554/film/trackID=4", "Video 32 MPV/90000/0 rtsp://192.168.1.5:8554/film/trackID=5"),
        new("FFmpeg", """
            SDP:
            v=0
            o=- 0 0 IN IP4 127.0.0.1
            s=No Name
            c=IN IP4 127.0.0.1
            t=0 0
            a=tool:libavformat 60.16.100
            m=video 5004 RTP/AVP 96
            b=AS:200
            a=rtpmap:96 MP4V-ES/90000
            a=fmtp:96 profile-level-id=1; config=000001B001000001B58913000001000000012000C48D88005514042D1443000001B24C61766335382E3133342E313030
            a=control:streamid=0
            m=audio 5006 RTP/AVP 97
            b=AS:128
            a=rtpmap:97 L16/48000/2
            a=control:streamid=1
            """,
            "Video 96 MP4V-ES/90000/0 streamid=0 config=000001B001000001B58913000001000000012000C48D88005514042D1443000001B24C61766335382E3133342E313030",
            "Audio 97 L16/48000/2 streamid=1"),
        new("An encoder that sends a transport stream", """
            v=0
            o=- 1 1 IN IP4 10.0.0.9
            s=ts
            c=IN IP4 239.1.2.3/16
            m=video 5000 RTP/AVP 33
            """,
            "Video 33 MP2T/90000/0 "),
        new("A bridge that names nothing but codecs", """
            v=0
            m=video 0 RTP/AVP 96 97
            a=rtpmap:97 H265/90000
            a=rtpmap:96 H264/90000
            a=fmtp:97 profile-id=1
            m=audio 0 RTP/AVP 8 0
            """,
            "Video 96 H264/90000/0  +1", "Audio 8 PCMA/8000/1  +1"),
    ];
}
