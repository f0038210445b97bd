using System.Text.Json.Nodes;

namespace Recorder.Media.Tests.Interchange;

/// <summary>Errors put into a right document, one at a time: the checker must find each by the rule that it breaks.</summary>
public sealed class PlantedOtioErrorSpecs
{
    private static readonly Dictionary<string, (int Rule, Action<JsonObject> Plant)> Errors = new()
    {
        ["a clip of a schema that older readers do not know"] = (1, root => Clip(root)["OTIO_SCHEMA"] = "Clip.3"),
        ["a marker without its range"] = (1, root => Clip(root)["markers"]![0]!.AsObject().Remove("marked_range")),
        ["a clip where a track should be"] = (2, root => Tracks(root)[2] = Clip(root).DeepClone()),
        ["a track where the stack should be"] = (2, root => root["tracks"] = Tracks(root)[0]!.DeepClone()),
        ["a track of subtitles"] = (3, root => Tracks(root)[1]!["kind"] = "Subtitle"),
        ["a gap without a length"] = (4, root => Children(root)[0]!["source_range"] = null),
        ["a gap of no frames"] = (4, root => Time(Children(root)[0]!, "source_range", "duration")["value"] = 0.0),
        ["a clip longer than its file"] = (5, root => Time(Children(root)[3]!, "source_range", "duration")["value"] = 10_893.0),
        ["a file that begins a frame later than the clip"] =
            (5, root => Time(Clip(root)["media_references"]!["DEFAULT_MEDIA"]!, "available_range", "start_time")["value"] = 930_759.0),
        ["a reference that is not there"] = (6, root => Clip(root)["active_media_reference_key"] = "PROXY"),
        ["a mark on a clip in the timeline's time"] = (7, root => Time(Clip(root)["markers"]![0]!, "marked_range", "start_time")["value"] = 2_000.0),
        ["a mark that outlasts its clip"] = (7, root => Time(Clip(root)["markers"]![0]!, "marked_range", "duration")["value"] = 2_009.0),
        ["a colour of Resolve"] = (8, root => Clip(root)["markers"]![0]!["color"] = "SAND"),
        ["a rate that was rounded"] = (9, root => Time(Clip(root), "source_range", "start_time")["rate"] = 24.98),
        ["half a frame"] = (9, root => Time(Clip(root), "source_range", "start_time")["value"] = 930_758.5),
        ["a rate that no time code has"] = (9, root => root["global_start_time"]!["rate"] = 12.5),
        ["a space in a target"] = (10, root => Target(root, "wide/12A3 B.mov")),
        ["an absolute target"] = (10, root => Target(root, "/media/12A3_B.mov")),
        ["a target that leaves the folder"] = (10, root => Target(root, "../12A3_B.mov")),
        ["a colon that makes a scheme"] = (10, root => Target(root, "12A:3_B.mov")),
        ["a gap that is a frame short"] = (11, root => Time(Children(root)[0]!, "source_range", "duration")["value"] = 7.0),
        ["a timeline that begins an hour later"] = (11, root => root["global_start_time"]!["value"] = 1_020_750.0),
    };

    public static TheoryData<string> Names() => new(Errors.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_error_is_found_by_the_rule_that_it_breaks(string name)
    {
        var (rule, plant) = Errors[name];
        var root = JsonNode.Parse(Takes.Otio(Takes.Example()))!.AsObject();
        OtioRules.Check(root.ToJsonString()).ShouldBeEmpty();

        plant(root);

        var broken = OtioRules.Check(root.ToJsonString());
        broken.Select(found => found.Rule.Number).ShouldContain(rule);
        broken.ShouldAllBe(found => found.ToString().Contains("(https://", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_rule_has_a_planted_error() =>
        Errors.Values.Select(error => error.Rule).Distinct().Order().ShouldBe(Enumerable.Range(1, 11));

    private static JsonArray Tracks(JsonObject root) => root["tracks"]!["children"]!.AsArray();

    // Of angle B: a gap, a clip with a marker, a gap, a clip.
    private static JsonArray Children(JsonObject root) => Tracks(root)[1]!["children"]!.AsArray();

    private static JsonNode Clip(JsonObject root) => Children(root)[1]!;

    private static JsonNode Time(JsonNode item, string range, string end) => item[range]![end]!;

    private static void Target(JsonObject root, string url) => Clip(root)["media_references"]!["DEFAULT_MEDIA"]!["target_url"] = url;
}
