using System.Text;
using System.Text.RegularExpressions;
using Recorder.Node.HyperDeck;

namespace Recorder.Node.Tests.HyperDeck;

/// <summary>What a client is answered, to the letter.</summary>
public sealed class DeckSessionSpecs
{
    private readonly FakeDeck _deck = new();
    private readonly DeckSession _session;

    public DeckSessionSpecs() => _session = new DeckSession(_deck);

    [Fact]
    public void A_client_is_greeted_with_the_version_of_the_protocol_and_the_model() =>
        _session.Greeting.ShouldBe("500 connection info:\r\nprotocol version: 1.11\r\nmodel: Recorder studio\r\n\r\n");

    [Theory]
    [InlineData("ping", "200 ok")]
    [InlineData("identify: enable: true", "200 ok")]
    [InlineData("preview: enable: true", "200 ok")]
    [InlineData("identify: enable: perhaps", "102 invalid value")]
    [InlineData("slot select: slot id: 1", "200 ok")]
    [InlineData("slot select: slot id: 2", "109 out of range")]
    [InlineData("slot info: slot id: two", "102 invalid value")]
    [InlineData("disk list: slot id: 2", "109 out of range")]
    [InlineData("clips get: version: 3", "102 invalid value")]
    [InlineData("clips get: clip id: 1", "109 out of range")]
    [InlineData("watchdog: period: 6", "200 ok")]
    [InlineData("watchdog: period: soon", "102 invalid value")]
    [InlineData("watchdog: period: 99999999", "109 out of range")]
    [InlineData("notify: transport: 1", "102 invalid value")]
    [InlineData("notify: weather: true", "101 unsupported parameter")]
    [InlineData("configuration: video input: SDI", "200 ok")]
    [InlineData("configuration: video input: HDMI", "103 unsupported")]
    [InlineData("configuration: record prefix: x", "103 unsupported")]
    [InlineData("record: name: a/b", "102 invalid value")]
    [InlineData("record: name: ..", "102 invalid value")]
    [InlineData("record spill: slot id: 2", "109 out of range")]
    [InlineData("play: speed: 100", "103 unsupported")]
    [InlineData("jog: timecode: +00:00:01:00", "103 unsupported")]
    [InlineData("goto: clip: start", "103 unsupported")]
    [InlineData("clips add: name: x", "103 unsupported")]
    [InlineData("clips clear", "103 unsupported")]
    [InlineData("playrange clear", "103 unsupported")]
    [InlineData("format: slot id: 1 prepare: HFS+", "103 unsupported")]
    [InlineData("reboot", "103 unsupported")]
    [InlineData("fly", "100 syntax error")]
    public async Task A_command_without_a_block_is_answered_with_one_line(string command, string answer)
    {
        (await AskAsync(command)).ShouldBe(answer + "\r\n");
        _deck.Asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("record", "record")]
    [InlineData("record: name: Take 3", "record Take 3")]
    [InlineData("record spill", "spill")]
    [InlineData("record spill: slot id: 1", "spill")]
    [InlineData("stop", "stop")]
    public async Task The_deck_is_told_and_its_answer_is_the_clients(string command, string asked)
    {
        (await AskAsync(command)).ShouldBe("200 ok\r\n");
        _deck.Asked.ShouldBe([asked]);
        foreach (var (result, line) in new[]
        {
            (DeckResult.DiskFull, "104 disk full"), (DeckResult.NoDisk, "105 no disk"), (DeckResult.DiskError, "106 disk error"),
            (DeckResult.InternalError, "108 internal error"), (DeckResult.NoInput, "110 no input"), (DeckResult.InvalidState, "150 invalid state"),
        })
        {
            _deck.Result = result;
            (await AskAsync(command)).ShouldBe(line + "\r\n");
        }
    }

    [Fact]
    public async Task The_slot_is_told_with_the_time_and_the_space_that_are_left() =>
        (await AskAsync("slot info")).ShouldBe(Lines(
            "202 slot info:", "slot id: 1", "slot name: data", "status: mounted", "volume name: data", "recording time: 7200", "video format: none",
            "blocked: false", "remaining size: 4000000000", "total size: 8000000000"));

    [Fact]
    public async Task The_transport_is_told_with_both_time_codes_the_clip_and_the_format()
    {
        (await AskAsync("transport info")).ShouldBe(Lines(
            "208 transport info:", "status: stopped", "speed: 0", "slot id: 1", "clip id: none", "single clip: false", "display timecode: 10:20:30:12",
            "timecode: 00:00:00:00", "video format: none", "loop: false", "input video format: none", "dynamic range: off"));

        _deck.Transport = new DeckTransport(DeckStatus.Record, FakeDeck.At("10:20:30:12"), FakeDeck.At("00:01:02:03")) { ClipId = 4, VideoFormat = "1080p25" };
        var answer = await AskAsync("transport info");
        answer.ShouldContain("status: record\r\n");
        answer.ShouldContain("clip id: 4\r\n");
        answer.ShouldContain("timecode: 00:01:02:03\r\nvideo format: 1080p25\r\n");
    }

    [Fact]
    public async Task The_device_its_uptime_and_its_configuration_are_told()
    {
        (await AskAsync("device info")).ShouldBe(Lines(
            "204 device info:", "protocol version: 1.11", "model: Recorder studio", "unique id: 0123456789ABCDEF", "slot count: 1", "software version: 0.1.0"));
        (await AskAsync("uptime")).ShouldBe(Lines("215 uptime:", "uptime: 90"));
        (await AskAsync("configuration")).ShouldStartWith("211 configuration:\r\naudio input: embedded\r\nvideo input: SDI\r\n");
    }

    [Fact]
    public async Task Help_and_commands_name_what_the_deck_does_and_nothing_else()
    {
        var help = await AskAsync("help");
        help.ShouldStartWith("201 help:\r\n");
        (await AskAsync("?")).ShouldBe(help);
        var commands = await AskAsync("commands");
        commands.ShouldStartWith("212 commands:\r\n<commands>\r\n");
        commands.ShouldContain("<command name=\"record\"><parameter name=\"name\"/></command>\r\n");
        (help + commands).ShouldNotContain("shuttle");
        foreach (Match command in Regex.Matches(commands, "command name=\"(.*?)\""))
            (await AskAsync(command.Groups[1].Value)).ShouldNotBe("103 unsupported\r\n");
    }

    [Fact]
    public async Task Clips_are_listed_in_both_versions_and_from_a_clip_on()
    {
        _deck.Clips = [FakeDeck.Clip(5, "Take 1"), FakeDeck.Clip(6, "Take 2"), FakeDeck.Clip(7, "Take 3")];
        (await AskAsync("clips count")).ShouldBe(Lines("214 clips count:", "clip count: 3"));
        (await AskAsync("clips get")).ShouldBe(Lines(
            "205 clips info:", "clip count: 3", "5: Take 1 10:00:00:00 00:00:12:05", "6: Take 2 10:00:00:00 00:00:12:05", "7: Take 3 10:00:00:00 00:00:12:05"));
        (await AskAsync("clips get: clip id: 6 count: 1 version: 2")).ShouldBe(Lines(
            "205 clips info:", "clip count: 1", "6: 10:00:00:00 00:00:12:05 10:00:00:00 10:00:12:05 Take 2"));
        (await AskAsync("clips get: clip id: 8")).ShouldBe("109 out of range\r\n");
        (await AskAsync("disk list")).ShouldBe(Lines(
            "206 disk list:", "slot id: 1", "1: Take 1 H264 1080p25 00:00:12:05", "2: Take 2 H264 1080p25 00:00:12:05", "3: Take 3 H264 1080p25 00:00:12:05"));
    }

    [Fact]
    public async Task A_list_fits_into_one_packet_and_has_the_last_clips_unless_asked_otherwise()
    {
        _deck.Clips = [.. Enumerable.Range(1, 100).Select(id => FakeDeck.Clip(id, $"Ä {new string('x', 180)}"))];
        foreach (var (command, first) in new[] { ("clips get", 95), ("clips get: version: 2", 96), ("disk list", 95) })
        {
            var answer = await AskAsync(command);
            Encoding.UTF8.GetByteCount(answer).ShouldBeLessThan(1448);
            answer.ShouldContain($"\r\n{first}: ");
            answer.ShouldContain("\r\n100: ");
            answer.ShouldNotContain($"\r\n{first - 1}: ");
        }

        (await AskAsync("clips get: clip id: 41")).ShouldContain("clip count: 6\r\n41: ");
    }

    [Fact]
    public async Task Names_cannot_break_a_block()
    {
        _deck.Clips = [FakeDeck.Clip(1, "a\r\n\r\n200 ok")];
        (await AskAsync("clips get")).ShouldBe(Lines("205 clips info:", "clip count: 1", "1: a    200 ok 10:00:00:00 00:00:12:05"));
    }

    [Fact]
    public async Task A_client_hears_of_what_it_asked_for_and_of_nothing_before()
    {
        _session.Notifications(DeckChange.Transport | DeckChange.Slot).ShouldBeEmpty();
        (await AskAsync("notify: transport: true display timecode: true")).ShouldBe("200 ok\r\n");
        (await AskAsync("notify")).ShouldBe(Lines(
            "209 notify:", "transport: true", "slot: false", "remote: false", "configuration: false", "dropped frames: false", "display timecode: true",
            "timeline position: false", "playrange: false", "cache: false", "dynamic range: false", "slate: false"));
        _session.Notifications(DeckChange.Transport | DeckChange.Slot).ShouldHaveSingleItem().ShouldStartWith("508 transport info:\r\nstatus: stopped\r\n");

        await AskAsync("notify: transport: false slot: true");
        _session.Notifications(DeckChange.Transport | DeckChange.Slot).ShouldHaveSingleItem().ShouldStartWith("502 slot info:\r\nslot id: 1\r\n");
    }

    [Fact]
    public async Task Without_remote_control_the_deck_is_left_alone_and_questions_are_answered()
    {
        (await AskAsync("remote")).ShouldBe(Lines("210 remote info:", "enabled: true", "override: false"));
        await AskAsync("remote: enable: false");
        foreach (var command in (string[])["record", "record: name: x", "record spill", "stop", "slot select: slot id: 1", "configuration: video input: SDI"])
            (await AskAsync(command)).ShouldBe("111 remote control disabled\r\n");

        _deck.Asked.ShouldBeEmpty();
        (await AskAsync("transport info")).ShouldStartWith("208 ");
        (await AskAsync("configuration")).ShouldStartWith("211 ");
        (await AskAsync("remote: override: true")).ShouldBe("200 ok\r\n");
        (await AskAsync("record")).ShouldBe("200 ok\r\n");
    }

    [Fact]
    public async Task The_watchdog_is_set_and_switched_off_and_quit_ends()
    {
        await AskAsync("watchdog: period: 6");
        _session.Watchdog.ShouldBe(TimeSpan.FromSeconds(6));
        await AskAsync("watchdog: period: 0");
        _session.Watchdog.ShouldBeNull();
        (await _session.AnswerAsync(new DeckCommandParser().Add("quit")!, default)).ShouldBe(new DeckReply("200 ok\r\n", Ends: true));
    }

    [Fact]
    public async Task Every_answer_is_one_message_of_the_protocol()
    {
        foreach (var verb in DeckVocabulary.All)
        {
            string[] lines = [verb.Name, .. verb.Parameters.SelectMany(name => (string[])[$"{verb.Name}: {name}: 1", $"{verb.Name}: {name}: true", $"{verb.Name}: {name}: ?"])];
            foreach (var line in lines)
                (await AskAsync(line)).ShouldMatch("^(1\\d\\d [^:\r\n]+\r\n|200 ok\r\n|2\\d\\d [^:\r\n]+:\r\n([^\r\n]+\r\n)+\r\n)$", line);
        }
    }

    private static string Lines(params string[] lines) => string.Join("\r\n", lines) + "\r\n\r\n";

    private async Task<string> AskAsync(string line) => (await _session.AnswerAsync(new DeckCommandParser().Add(line)!, default)).Text;
}
