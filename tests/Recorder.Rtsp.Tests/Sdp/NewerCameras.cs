namespace Recorder.Rtsp.Tests.Sdp;

internal static class NewerCameras
{
    public static IEnumerable<CameraSdp> All =>
    [
        new("Reolink", """
            v=0
            o=- 1678362051000000 1 IN IP4 192.168.1.11
            s=Session streamed by "preview"
            i=h264Preview_01_main
            t=0 0
            a=tool:LIVE555 Streaming Media v2013.04.08
            a=type:broadcast
            a=control:*
            a=range:npt=0-
            a=x-qt-text-nam:Session streamed by "preview"
            m=video 0 RTP/AVP 96
            c=IN IP4 0.0.0.0
            b=AS:500
            a=rtpmap:96 H264/90000
            a=range:npt=0-
            a=fmtp:96 packetization-mode=1;profile-level-id=640033;sprop-parameter-sets=Z2QAM6wVFKCgL/lQ,aO48sA==
            a=control:trackID=1
            m=audio 0 RTP/AVP 97
            c=IN IP4 0.0.0.0
            b=AS:256
            a=rtpmap:97 MPEG4-GENERIC/16000
            a=range:npt=0-
            a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408; profile=1;
            a=control:trackID=2
            """,
            "Video 96 H264/90000/0 trackID=1 packetization-mode=1", "Audio 97 MPEG4-GENERIC/16000/0 trackID=2 config=1408"),
        new("UniFi", """
            v=0
            o=- 1445000 1445000 IN IP4 127.0.0.1
            s=G4 Bullet
            c=IN IP4 192.168.1.1
            t=0 0
            a=recvonly
            a=control:*
            a=range:npt=now-
            m=audio 0 RTP/AVP 96
            a=recvonly
            a=rtpmap:96 MPEG4-GENERIC/16000/1
            a=control:trackID=1
            a=fmtp:96 streamtype=5; profile-level-id=15; mode=AAC-hbr; config=1408; SizeLength=13; IndexLength=3; IndexDeltaLength=3; Profile=1;
            m=audio 0 RTP/AVP 98
            a=rtpmap:98 OPUS/48000/2
            a=control:trackID=3
            a=fmtp:98 sprop-stereo=0
            m=video 0 RTP/AVP 97
            a=recvonly
            a=control:trackID=2
            a=rtpmap:97 H264/90000
            a=fmtp:97 profile-level-id=4d4032; packetization-mode=1; sprop-parameter-sets=J01AMo2NYCgC3/gLcBAQFAAAD6AAAw1D,KO44gA==
            """,
            "Audio 96 MPEG4-GENERIC/16000/1 trackID=1 config=1408", "Audio 98 OPUS/48000/2 trackID=3",
            "Video 97 H264/90000/0 trackID=2 packetization-mode=1"),
        new("Hanwha", """
            v=0
            o=- 0 0 IN IP4 192.168.1.100
            s=Media Presentation
            i=samsung
            c=IN IP4 0.0.0.0
            b=AS:16448
            t=0 0
            a=control:rtsp://192.168.1.100/profile2/media.smp
            a=range:npt=now-
            m=video 40508 RTP/AVP 98
            b=AS:16384
            a=rtpmap:98 H265/90000
            a=control:rtsp://192.168.1.100/profile2/media.smp/trackID=v
            a=cliprect:0,0,1080,1920
            a=framesize:98 1920-1080
            a=framerate:30.0
            a=fmtp:98 sprop-vps=QAEMAf//AWAAAAMAAAMAAAMAAAMAlqwJ;sprop-sps=QgEBAWAAAAMAAAMAAAMAAAMAlqADwIAQ5Y0uSTvlAA==;sprop-pps=RAHgMPAszJA=
            m=audio 40524 RTP/AVP 0
            b=AS:64
            a=rtpmap:0 PCMU/8000/1
            a=control:rtsp://192.168.1.100/profile2/media.smp/trackID=a
            a=recvonly
            m=application 40532 RTP/AVP 108
            a=rtpmap:108 vnd.onvif.metadata/90000
            a=control:rtsp://192.168.1.100/profile2/media.smp/trackID=m
            """,
            "Video 98 H265/90000/0 rtsp://192.168.1.100/profile2/media.smp/trackID=v 30fps 1920x1080",
            "Audio 0 PCMU/8000/1 rtsp://192.168.1.100/profile2/media.smp/trackID=a",
            "Data 108 VND.ONVIF.METADATA/90000/0 rtsp://192.168.1.100/profile2/media.smp/trackID=m"),
        new("TP-Link Tapo", """
            v=0
            o=- 14665860 31787219 1 IN IP4 192.168.1.55
            s=Session streamed by "TP-LINK RTSP Server"
            t=0 0
            a=smart_encoder:virtualIFrame=1
            m=video 0 RTP/AVP 96
            c=IN IP4 0.0.0.0
            b=AS:4096
            a=range:npt=0-
            a=control:track1
            a=rtpmap:96 H264/90000
            a=fmtp:96 packetization-mode=1; profile-level-id=640028; sprop-parameter-sets=Z2QAKKzSAeAET8s3AQEBQAAA+gAAHUwB,aO44gA==
            m=audio 0 RTP/AVP 8
            a=rtpmap:8 PCMA/8000
            a=control:track2
            m=application/TP-LINK 0 RTP/AVP smart/1/90000
            a=rtpmap:95 TP-LINK/90000
            a=control:track3
            """,
            "Video 96 H264/90000/0 track1 packetization-mode=1", "Audio 8 PCMA/8000/1 track2", "Unknown 95 TP-LINK/90000/0 track3"),
        new("Wyze", """
            v=0
            o=- 1596000000000001 1 IN IP4 192.168.1.77
            s=LIVE555 Streaming Media
            t=0 0
            a=tool:LIVE555 Streaming Media v2019.05.29
            a=control:*
            m=video 0 RTP/AVP 96
            c=IN IP4 0.0.0.0
            b=AS:500
            a=rtpmap:96 H264/90000
            a=fmtp:96 packetization-mode=1;profile-level-id=4D001F;sprop-parameter-sets=Z00AH5WoHgCJ+WEAAAMAAQAAAwAehA==,aO48gA==
            a=control:track1
            m=audio 0 RTP/AVP 97
            c=IN IP4 0.0.0.0
            b=AS:128
            a=rtpmap:97 PCMU/16000
            a=control:track2
            """,
            "Video 96 H264/90000/0 track1 packetization-mode=1", "Audio 97 PCMU/16000/1 track2"),
        new("Uniview, with everything out of order and no session", """
            m=video 0 RTP/AVP 105
            a=control:trackID=1
            a=fmtp:105 profile-level-id=4D0028; packetization-mode=1; sprop-parameter-sets=Z00AKJWoHgCJ+WQ=,aO48gA==
            b=AS:4096
            a=rtpmap:105 H264/90000
            c=IN IP4 0.0.0.0
            s=after the fact
            m=audio 0 RTP/AVP 8
            a=control:trackID=2
            v=0
            """,
            "Video 105 H264/90000/0 trackID=1 packetization-mode=1", "Audio 8 PCMA/8000/1 trackID=2"),
        new("A door bell with talk-back, G.726 and no rtpmap for its video", """
            v=0
            s=door
            a=control:*
            m=video 0 RTP/AVP 96
            a=control:0
            a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0IAHpWoKA9k,aM48gA==
            m=audio 0 RTP/AVP 97
            a=rtpmap:97 G726-32/8000
            a=control:1
            a=recvonly
            m=audio 0 RTP/AVP 0
            a=control:2
            a=sendonly
            """,
            "Video 96 /90000/0 0 packetization-mode=1", "Audio 97 G726-32/8000/1 1", "Audio 0 PCMU/8000/1 2 back"),
        new("An AV1 camera", """
            v=0
            o=- 7 7 IN IP6 fe80::1
            s=av1
            c=IN IP6 ::
            t=0 0
            m=video 0 RTP/AVP 96
            a=rtpmap:96 AV1/90000
            a=fmtp:96 level-idx=8;profile=0;tier=0
            a=control:streamid=0
            """,
            "Video 96 AV1/90000/0 streamid=0"),
        new("Panasonic, two codecs in one line and directions of its own", """
            v=0
            o=- 1 1 IN IP4 192.168.0.10
            s=RTSP
            t=0 0
            m=video 0 RTP/AVP 98 26
            a=sendonly
            a=control:MediaInput/h264/stream_1/track=1
            a=rtpmap:98 H264/90000
            a=fmtp:98 profile-level-id=4d401f;packetization-mode=1
            m=audio 0 RTP/AVP 9
            a=sendonly
            a=rtpmap:9 G722/8000
            a=control:MediaInput/h264/stream_1/track=2
            m=audio 0 RTP/AVP 0
            a=recvonly
            a=control:MediaInput/h264/stream_1/track=3
            """,
            "Video 98 H264/90000/0 MediaInput/h264/stream_1/track=1 +1 packetization-mode=1", "Audio 9 G722/8000/1 MediaInput/h264/stream_1/track=2",
            "Audio 0 PCMU/8000/1 MediaInput/h264/stream_1/track=3 back"),
    ];
}
