using System.Text;
using Recorder.Node.HyperDeck;

namespace Recorder.Node.Tests.HyperDeck;

/// <summary>Commands out of bytes.</summary>
public sealed class DeckCommandSpecs
{
    [Theory]
    [InlineData("ping\r\n", "ping")]
    [InlineData("ping\n", "ping")]
    [InlineData("  PING  \r\n", "ping")]
    [InlineData("slot info: slot id: 1\r\n", "slot info [slot id=1]")]
    [InlineData("slot info:\r\nslot id: 1\r\n\r\n", "slot info [slot id=1]")]
    [InlineData("slot info:\nslot id:1\n\n", "slot info [slot id=1]")]
    [InlineData("notify: transport: true slot: false dropped frames: true display timecode: true\r\n",
        "notify [transport=true, slot=false, dropped frames=true, display timecode=true]")]
    [InlineData("notify:\r\n\r\n", "notify")]
    [InlineData("clips get: clip id: 3 count: 10 version: 2\r\n", "clips get [clip id=3, count=10, version=2]")]
    [InlineData("record: name: Take 3: name: the end\r\n", "record [name=Take 3: name: the end]")]
    [InlineData("record:\r\nname: Szene 12Ä: wide\r\n\r\n", "record [name=Szene 12Ä: wide]")]
    [InlineData("record: Name: A\r\n", "record [name=A]")]
    [InlineData("watchdog:\r\nperiod: 6\r\n\r\n", "watchdog [period=6]")]
    [InlineData("\r\n\r\nping\r\n\r\n", "ping")]
    [InlineData("goto: clip id: +3\r\n", "goto [clip id=+3]")]
    public void A_command_is_read_on_one_line_and_on_several(string text, string expected) => Read(text).ShouldBe([expected]);

    [Theory]
    [InlineData("hello\r\n", "SyntaxError")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "SyntaxError SyntaxError")]
    [InlineData(":\r\n\r\n", "SyntaxError")]
    [InlineData(": : :\r\n", "SyntaxError")]
    [InlineData("ping\0\r\n", "SyntaxError")]
    [InlineData("record: name: a\u0007b\r\n", "SyntaxError")]
    [InlineData("slot info: 1\r\n", "SyntaxError")]
    [InlineData("slot info:\r\nslot id 1\r\n\r\n", "SyntaxError")]
    [InlineData("slot info: disk: 1\r\n", "UnsupportedParameter")]
    [InlineData("slot info:\r\ndisk: 1\r\n\r\n", "UnsupportedParameter")]
    [InlineData("ping: loud: true\r\n", "UnsupportedParameter")]
    [InlineData("slate clips: reel: 3\r\n", "Unsupported")]
    public void What_is_wrong_has_one_result_a_command(string text, string expected) => Read(text).ShouldBe(expected.Split(' '));

    [Fact]
    public void Commands_are_the_same_however_the_bytes_are_cut()
    {
        const string Text = "ping\r\nrecord:\r\nname: Szene Ä\r\n\r\nslot info: slot id: 1\nstop\r\n";
        const string Expected = "ping; record [name=Szene Ä]; slot info [slot id=1]; stop";
        var bytes = Encoding.UTF8.GetBytes(Text);
        for (var size = 1; size <= bytes.Length; size++)
            string.Join("; ", Read(bytes.Chunk(size))).ShouldBe(Expected, $"in pieces of {size}");
    }

    [Fact]
    public void A_line_that_is_too_long_is_hopeless_before_it_ends()
    {
        var reader = new DeckCommandReader();
        ReadOnlyMemory<byte> most = new byte[DeckCommandReader.LongestLine];
        reader.Read(ref most).ShouldBeNull();
        ReadOnlyMemory<byte> more = new byte[1];
        reader.Read(ref more)!.IsHopeless.ShouldBeTrue();
    }

    [Fact]
    public void A_command_of_too_many_lines_is_wrong_and_ends_with_its_empty_line()
    {
        var lines = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"p{i}: x\r\n"));
        Read($"notify:\r\n{lines}\r\nping\r\n").ShouldBe(["SyntaxError", "ping"]);
    }

    [Fact]
    public void Random_bytes_never_throw_and_leave_the_reader_as_it_should_be()
    {
        var random = new Random(19);
        for (var run = 0; run < 2_000; run++)
        {
            var bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = random.Next(4) == 0 ? (byte)"\n:\r \0"[random.Next(5)] : bytes[i];

            // A block that garbage has begun ends with an empty line, whatever came before.
            byte[][] all = [bytes, "\n\n\nping\n"u8.ToArray()];
            Read(all)[^1].ShouldBe("ping");
        }
    }

    private static List<string> Read(string text) => Read([Encoding.UTF8.GetBytes(text)]);

    private static List<string> Read(IEnumerable<byte[]> pieces)
    {
        var (reader, commands) = (new DeckCommandReader(), new List<string>());
        foreach (var piece in pieces)
        {
            ReadOnlyMemory<byte> rest = piece;
            while (reader.Read(ref rest) is { } command)
            {
                commands.Add(command.Problem is { } problem ? problem.ToString()
                    : command.IsQuery ? command.Name
                    : $"{command.Name} [{string.Join(", ", command.Parameters.Select(it => $"{it.Key}={it.Value}"))}]");
            }
        }

        return commands;
    }
}
