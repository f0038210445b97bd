using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Tests.Messages;

/// <summary>Cameras write the rest of a packet, or zeros, where the next frame should begin.</summary>
public sealed class ResynchronisationSpecs
{
    private static readonly byte[] Answer = [.. "RTSP/1.0 200 OK\r\nCSeq: 4\r\n\r\n"u8];
    private static readonly byte[] Packet = [.. "$"u8, 0, 0, 12, 0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9];

    private readonly RtspReader _reader = new();
    private readonly ReceivedStream _stream;

    public ResynchronisationSpecs()
    {
        _reader.UseChannel(0);
        _reader.UseChannel(1);
        _stream = new ReceivedStream(_reader);
        _stream.Receive(Answer);
        _stream.Items.Clear();
    }

    [Fact]
    public void A_frame_is_found_behind_junk_and_the_junk_is_counted()
    {
        byte[] junk = [0, 1, 2, (byte)'$', 9, 0, 1, 0x80, (byte)'$', 0, 0, 12, 0x10, (byte)'R', (byte)'T'];
        _stream.Receive([.. junk, .. Packet, .. Packet]);
        _stream.Frames.Count().ShouldBe(2);
        foreach (var (_, payload) in _stream.Frames)
            payload.ShouldBe(Packet[4..]);
        _reader.SkippedBytes.ShouldBe(junk.Length);
    }

    [Fact]
    public void A_response_is_found_behind_junk()
    {
        _stream.Receive([0xff, .. "RTSP/1.0\r\n rtsp"u8, .. Answer]);
        _stream.Messages.ShouldHaveSingleItem().CSeq.ShouldBe(4);
        _reader.SkippedBytes.ShouldBe(16);
    }

    [Fact]
    public void Junk_may_be_split_anywhere()
    {
        byte[] all = [0, 0, (byte)'R', 0x80, (byte)'$', .. Packet, 1, 2, 3, .. Answer, .. Packet];
        foreach (var value in all)
            _stream.Receive([value]);

        _stream.Items.Count.ShouldBe(3);
        _reader.SkippedBytes.ShouldBe(8);
    }

    [Fact]
    public void A_frame_of_a_channel_that_was_not_agreed_on_is_a_frame_where_one_is_due()
    {
        _stream.Receive([.. "$"u8, 7, 0, 1, 5, .. Packet]);
        _stream.Frames.Select(it => (int)it.Channel).ShouldBe([7, 0]);
        _reader.SkippedBytes.ShouldBe(0);
    }

    [Fact]
    public void Blank_lines_between_frames_are_no_junk()
    {
        _stream.Receive([.. Packet, .. "\r\n"u8, .. Packet]);
        _stream.Frames.Count().ShouldBe(2);
        _reader.SkippedBytes.ShouldBe(0);
    }

    [Fact]
    public void A_body_that_is_longer_than_its_Content_Length_is_skipped()
    {
        _stream.Receive([.. "RTSP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nv=0\r\na=control:*\r\n\0"u8, .. Answer]);
        _stream.Messages.Count().ShouldBe(2);
    }

    [Fact]
    public void Junk_without_an_end_is_malformed()
    {
        for (var i = 0; i < 64; i++)
            _stream.Receive(new byte[1024]);

        _stream.Kept.ShouldBe(0);
        Should.Throw<RtspException>(() => _stream.Receive(new byte[1])).Fault.ShouldBe(RtspFault.Malformed);
    }

    [Fact]
    public void Junk_now_and_then_is_counted_from_the_start_each_time()
    {
        for (var i = 0; i < 10; i++)
            _stream.Receive([.. new byte[20_000], .. Packet]);

        _stream.Frames.Count().ShouldBe(10);
        _reader.SkippedBytes.ShouldBe(200_000);
    }
}
