using Recorder.Rtsp.Rtp;

namespace Recorder.Rtsp.Tests.Rtp;

public class RtpPacketSpecs
{
    private static readonly byte[] Plain = [0x80, 0xe0, 0x12, 0x34, 0, 0, 0, 90, 0xca, 0xfe, 0xba, 0xbe, 1, 2, 3];

    [Fact]
    public void Header_and_payload_are_read_where_they_are()
    {
        RtpPacket.TryRead(Plain, out var packet).ShouldBeTrue();
        packet.PayloadType.ShouldBe((byte)96);
        packet.Marker.ShouldBeTrue();
        packet.Sequence.ShouldBe((ushort)0x1234);
        packet.Timestamp.ShouldBe(90u);
        packet.Source.ShouldBe(0xcafebabe);
        packet.Payload.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Contributors_extension_and_padding_are_left_out()
    {
        byte[] bytes =
        [
            0xb1, 0x60, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1,
            0, 0, 0, 2,
            0xab, 0xac, 0, 1, 9, 9, 9, 9,
            1, 2, 0, 0, 3,
        ];
        RtpPacket.TryRead(bytes, out var packet).ShouldBeTrue();
        packet.Marker.ShouldBeFalse();
        packet.Payload.ToArray().ShouldBe([1, 2]);
    }

    [Fact]
    public void Padding_that_cannot_be_is_taken_for_payload()
    {
        byte[] bytes = [.. Plain.AsSpan(0, 12), 1, 2, 200];
        bytes[0] |= 0x20;
        RtpPacket.TryRead(bytes, out var packet).ShouldBeTrue();
        packet.Payload.Length.ShouldBe(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public void What_is_too_short_is_no_packet(int length) => RtpPacket.TryRead(Plain.AsMemory(0, length), out _).ShouldBeFalse();

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x40)]
    [InlineData(0xc0)]
    [InlineData(0x8f)]
    [InlineData(0x90)]
    public void Another_version_or_a_header_beyond_the_end_is_no_packet(byte first)
    {
        byte[] bytes = [.. Plain];
        bytes[0] = first;
        RtpPacket.TryRead(bytes, out _).ShouldBeFalse();
    }
}
