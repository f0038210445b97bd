namespace Recorder.Rtsp.Tests.Sdp;

internal static class OlderCameras
{
    public static IEnumerable<CameraSdp> All =>
    [
        new("Hikvision", """
            v=0
            o=- 1699440052188431 1699440052188431 IN IP4 192.168.1.64
            s=Media Presentation
            e=NONE
            b=AS:5100
            t=0 0
            a=control:rtsp://192.168.1.64/Streaming/Channels/101/
            m=video 0 RTP/AVP 96
            c=IN IP4 0.0.0.0
            b=AS:5000
            a=recvonly
            a=x-dimensions:1920,1080
            a=control:rtsp://192.168.1.64/Streaming/Channels/101/trackID=1
            a=rtpmap:96 H264/90000
            a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z01AKI2NQDwBE/LgLcBAQFAAAD6AAAw1DoYACYFAAATEtLvLjQwAEwKAAAmJaXeXCg==,aO44gA==
            m=audio 0 RTP/AVP 8
            c=IN IP4 0.0.0.0
            b=AS:50
            a=recvonly
            a=control:rtsp://192.168.1.64/Streaming/Channels/101/trackID=2
            a=rtpmap:8 PCMA/8000
            a=Media_header:MEDIAINFO=494D4B48010300000400000111710110401F000000FA000000000000000000000000000000000000;
            a=appversion:1.0
            """,
            "Video 96 H264/90000/0 rtsp://192.168.1.64/Streaming/Channels/101/trackID=1 1920x1080 packetization-mode=1",
            "Audio 8 PCMA/8000/1 rtsp://192.168.1.64/Streaming/Channels/101/trackID=2"),
        new("Hikvision, H.265 with metadata and G.722.1", """
            v=0
            o=- 1500000000000000 1500000000000000 IN IP4 10.1.1.3
            s=Media Presentation
            t=0 0
            a=control:*
            m=video 0 RTP/AVP 96
            a=x-dimensions:3840,2160
            a=control:trackID=1
            a=rtpmap:96 H265/90000
            a=fmtp:96 sprop-sps=QgEBAWAAAAMAAAMAAAMAAAMAmaAAeIACHHxOWu5MrgKAAAADAIAAAAwIAA==; sprop-pps=RAHA8vA8kAA=
            m=application 0 RTP/AVP 107
            a=control:trackID=3
            a=rtpmap:107 vnd.onvif.metadata/90000
            """,
            "Video 96 H265/90000/0 trackID=1 3840x2160", "Data 107 VND.ONVIF.METADATA/90000/0 trackID=3"),
        new("Dahua", """
            v=0
            o=- 2258136453 2258136453 IN IP4 0.0.0.0
            s=RTSP Session/2.0
            c=IN IP4 0.0.0.0
            t=0 0
            a=control:*
            a=range:npt=now-
            a=x-packetization-supported:IV
            a=packetization-supported:DH
            m=video 0 RTP/AVP 98
            a=control:trackID=0
            a=framerate:25.000000
            a=rtpmap:98 H265/90000
            a=fmtp:98 profile-id=1;sprop-sps=QgEBAWAAAAMAsAAAAwAAAwB7oAPAgBEHy;sprop-pps=RAHgdrAmQA==;sprop-vps=QAEMAf//AWAAAAMAsAAAAwAAAwB7rAk=
            a=recvonly
            m=audio 0 RTP/AVP 97
            a=control:trackID=1
            a=rtpmap:97 MPEG4-GENERIC/64000
            a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1288
            a=recvonly
            m=application 0 RTP/AVP 107
            a=control:trackID=4
            a=rtpmap:107 vnd.onvif.metadata/90000
            a=recvonly
            m=audio 0 RTP/AVP 8 0 101 97
            a=control:trackID=5
            a=rtpmap:8 PCMA/8000
            a=rtpmap:97 MPEG4-GENERIC/16000
            a=sendonly
            """,
            "Video 98 H265/90000/0 trackID=0 25fps profile-id=1", "Audio 97 MPEG4-GENERIC/64000/0 trackID=1 config=1288",
            "Data 107 VND.ONVIF.METADATA/90000/0 trackID=4", "Audio 8 PCMA/8000/1 trackID=5 +3 back"),
        new("Amcrest", """
            v=0
            o=- 2251987841 2251987841 IN IP4 0.0.0.0
            s=Media Server
            c=IN IP4 0.0.0.0
            t=0 0
            a=control:*
            a=packetization-supported:DH
            a=rtppayload-supported:DH
            a=range:npt=now-
            m=video 0 RTP/AVP 96
            a=control:trackID=0
            a=framerate:30.000000
            a=rtpmap:96 H264/90000
            a=fmtp:96 packetization-mode=1;profile-level-id=64002A;sprop-parameter-sets=Z2QAKqwsaoHgCJ+WbgICAgQA,aO4xshsA
            a=recvonly
            m=audio 0 RTP/AVP 0
            a=control:trackID=1
            a=rtpmap:0 PCMU/8000
            a=recvonly
            """,
            "Video 96 H264/90000/0 trackID=0 30fps packetization-mode=1", "Audio 0 PCMU/8000/1 trackID=1"),
        new("Axis", """
            v=0
            o=- 11482339 1 IN IP4 192.168.0.90
            s=Session streamed with GStreamer
            i=rtsp-server
            t=0 0
            a=tool:GStreamer
            a=type:broadcast
            a=range:npt=now-
            a=control:rtsp://192.168.0.90/axis-media/media.amp?videocodec=h264&audio=1
            m=video 0 RTP/AVP 96
            c=IN IP4 0.0.0.0
            b=AS:50000
            a=rtpmap:96 H264/90000
            a=fmtp:96 packetization-mode=1;profile-level-id=4d0029;sprop-parameter-sets=Z00AKeKQDwBE/LgLcBAQGkHiRFQ=,aO48gA==
            a=ts-refclk:local
            a=mediaclk:sender
            a=recvonly
            a=control:rtsp://192.168.0.90/axis-media/media.amp/stream=0?videocodec=h264&audio=1
            a=framerate:30.000000
            a=transform:1.000000,0.000000,0.000000;0.000000,1.000000,0.000000;0.000000,0.000000,1.000000
            m=audio 0 RTP/AVP 97
            c=IN IP4 0.0.0.0
            b=AS:32
            a=rtpmap:97 MPEG4-GENERIC/16000/1
            a=fmtp:97 streamtype=5;profile-level-id=2;mode=AAC-hbr;config=1408;sizeLength=13;indexLength=3;indexDeltaLength=3;profile=1;bitrate=32000
            a=recvonly
            a=control:rtsp://192.168.0.90/axis-media/media.amp/stream=1?videocodec=h264&audio=1
            """,
            "Video 96 H264/90000/0 rtsp://192.168.0.90/axis-media/media.amp/stream=0?videocodec=h264&audio=1 30fps packetization-mode=1",
            "Audio 97 MPEG4-GENERIC/16000/1 rtsp://192.168.0.90/axis-media/media.amp/stream=1?videocodec=h264&audio=1 config=1408"),
        new("Axis, MJPEG of an old model", """
            v=0
            o=- 1188340656180883 1188340656180883 IN IP4 10.0.0.20
            s=Media Presentation
            e=NONE
            c=IN IP4 0.0.0.0
            b=AS:8000
            t=0 0
            a=control:*
            a=range:npt=now-
            m=video 0 RTP/AVP 26
            b=AS:8000
            a=framerate:30.0
            a=control:trackID=1
            """,
            "Video 26 JPEG/90000/0 trackID=1 30fps"),
        new("Bosch", """
            v=0
            o=- 0 0 IN IP4 172.16.4.12
            s=LIVE VIEW
            c=IN IP4 0.0.0.0
            t=0 0
            a=control:rtsp://172.16.4.12/rtsp_tunnel?p=0&h26x=4
            m=video 0 RTP/AVP 35
            a=rtpmap:35 H264/90000
            a=control:rtsp://172.16.4.12/rtsp_tunnel?p=0&h26x=4&trackID=1
            a=recvonly
            a=fmtp:35 packetization-mode=1;profile-level-id=4d4029;sprop-parameter-sets=Z01AKZZSAPAET8s3AQEBAg==,aO48gA==
            m=application 0 RTP/AVP 98
            a=rtpmap:98 vnd.onvif.metadata/90000
            a=control:rtsp://172.16.4.12/rtsp_tunnel?p=0&h26x=4&trackID=2
            a=recvonly
            """,
            "Video 35 H264/90000/0 rtsp://172.16.4.12/rtsp_tunnel?p=0&h26x=4&trackID=1 packetization-mode=1",
            "Data 98 VND.ONVIF.METADATA/90000/0 rtsp://172.16.4.12/rtsp_tunnel?p=0&h26x=4&trackID=2"),
        new("Sony", """
            v=0
            o=- 1 1 IN IP4 192.168.0.100
            s=RTSP Session
            t=0 0
            a=etag:1234567890
            a=control:*
            m=video 0 RTP/AVP 105
            c=IN IP4 0.0.0.0
            b=AS:8000
            a=framerate:30.00
            a=control:trackID=1
            a=rtpmap:105 H264/90000
            a=fmtp:105 packetization-mode=1; profile-level-id=640028; sprop-parameter-sets=Z2QAKKwa0A8ARPy4CIAAAAMAgAAADwNCAAehgAAA9CQ73QC3wA==,aO48sA==
            m=audio 0 RTP/AVP 0
            c=IN IP4 0.0.0.0
            a=rtpmap:0 PCMU/8000/1
            a=control:trackID=3
            """,
            "Video 105 H264/90000/0 trackID=1 30fps packetization-mode=1", "Audio 0 PCMU/8000/1 trackID=3"),
        new("Vivotek", """
            v=0
            o=RTSP 1314175233 0 IN IP4 0.0.0.0
            s=RTSP server
            c=IN IP4 0.0.0.0
            t=0 0
            a=charset:Shift_JIS
            a=range:npt=0-
            a=control:*
            a=etag:1234567890
            m=video 0 RTP/AVP 96
            b=AS:1200
            a=rtpmap:96 MP4V-ES/30000
            a=control:trackID=1
            a=fmtp:96 profile-level-id=3;config=000001B003000001B509000001000000012000C48881F4514043C1463F;decode_buf=76800
            m=audio 0 RTP/AVP 97
            a=control:trackID=3
            a=rtpmap:97 mpeg4-generic/16000/2
            a=fmtp:97 streamtype=5; profile-level-id=15; mode=AAC-hbr; config=1410;SizeLength=13; IndexLength=3; IndexDeltaLength=3; CTSDeltaLength=0; DTSDeltaLength=0;
            """,
            "Video 96 MP4V-ES/30000/0 trackID=1 config=000001B003000001B509000001000000012000C48881F4514043C1463F",
            "Audio 97 MPEG4-GENERIC/16000/2 trackID=3 config=1410"),
        new("Foscam", """
            v=0
            o=- 1390000000 1 IN IP4 192.168.1.80
            s=IP Camera Video
            i=videoMain
            t=0 0
            a=tool:LIVE555 Streaming Media v2014.02.10
            a=type:broadcast
            a=control:*
            a=range:npt=0-
            a=x-qt-text-nam:IP Camera Video
            a=x-qt-text-inf:videoMain
            m=video 0 RTP/AVP 96
            c=IN IP4 0.0.0.0
            b=AS:96
            a=rtpmap:96 H264/90000
            a=range:npt=0-
            a=fmtp:96 packetization-mode=1;profile-level-id=4D001F;sprop-parameter-sets=Z00AH5pmAoAt/zUBAQFAAAD6AAAdTAE=,aO48gA==
            a=control:track1
            m=audio 0 RTP/AVP 0
            c=IN IP4 0.0.0.0
            b=AS:64
            a=control:track2
            """,
            "Video 96 H264/90000/0 track1 packetization-mode=1", "Audio 0 PCMU/8000/1 track2"),
        new("H3C", """
            v=0
            o=- 1 1 IN IP4 127.0.0.1
            s=cam
            a=control:*
            a=packetization-supported:DH
            i=
            m=video 0 RTP/AVP 96
            a=rtpmap:96 H264/90000
            a=fmtp:96 packetization-mode=1
            a=framerate:0S
            a=recvonly
            a=control:trackID=0
            m=metadata 0 RTP/AVP 98
            b=AS:1000
            a=rtpmap 98 METADATA/90000
            a=fmtp:98 DecoderTag=h3c-v3 RTCP=0
            a=control:trackID=3
            m=audio 0 RTP/AVP 116 115 114 113 112 111 110 109 108 97 107 106 105 104 0 103 102 101 100 8
            a=control:trackID=4
            a=rtpmap:116 MPEG4-GENERIC/64000
            a=rtpmap:115 MPEG4-GENERIC/48000
            a=sendonly
            """,
            "Video 96 H264/90000/0 trackID=0 packetization-mode=1", "Data 98 METADATA/90000/0 trackID=3",
            "Audio 116 MPEG4-GENERIC/64000/0 trackID=4 +19 back"),
    ];
}
