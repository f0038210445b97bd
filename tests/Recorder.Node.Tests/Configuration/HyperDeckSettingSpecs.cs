using System.Net;
using Recorder.Node.Configuration;

namespace Recorder.Node.Tests.Configuration;

/// <summary>Groups of recorders for HyperDeck's remote controls, as they are configured.</summary>
public sealed class HyperDeckSettingSpecs
{
    [Fact]
    public void Without_groups_no_port_is_open()
    {
        var options = Read(("data", ["d"]))!;
        options.HyperDecks.ShouldBeEmpty();
        options.HyperDeckAllow.ShouldBeEmpty();
    }

    [Fact]
    public void Groups_have_a_name_recorders_by_id_or_label_and_a_port()
    {
        var options = Read(("data", ["d"]), ("hyperdecks", ["studio=cam-1+cam-2", "stage=role:stage+cam-9@9994"]), ("hyperdeckAllow", ["10.20.0.0/16", "fd00::7", "127.0.0.1"]))!;
        options.HyperDecks.Select(group => $"{group.Name} {string.Join(' ', group.Recorders)} {group.Port}")
            .ShouldBe(["studio cam-1 cam-2 9993", "stage role:stage cam-9 9994"]);
        options.HyperDeckAllow.ShouldBe([IPNetwork.Parse("10.20.0.0/16"), IPNetwork.Parse("fd00::7/128"), IPNetwork.Parse("127.0.0.1/32")]);
    }

    [Fact]
    public void They_come_from_the_environment_too()
    {
        var options = SettingReader.Read(
            null, new Dictionary<string, string> { ["RECORDER_DATA"] = "d", ["RECORDER_HYPERDECKS"] = "a=x+y@1,b=z@2", ["RECORDER_HYPERDECK_ALLOW"] = "10.0.0.0/8" },
            new Dictionary<string, IReadOnlyList<string>>(), out var problem);
        problem.ShouldBe("");
        options!.HyperDecks.Select(group => group.Name).ShouldBe(["a", "b"]);
        options.HyperDeckAllow.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("studio", "--hyperdeck 'studio' is not a group; expected NAME=RECORDER+RECORDER@PORT, for example studio=cam-1+cam-2@9993.")]
    [InlineData("@9993", "--hyperdeck '@9993' is not a group; expected")]
    [InlineData("a b=cam", "'a b' cannot be the name of a group; use 1 to 64 of A-Z a-z 0-9 . _ -")]
    [InlineData("studio=", "'' is neither a recorder's id nor a label; expected for example cam-1, or role:stage for a label.")]
    [InlineData("studio=cam-1+", "'' is neither a recorder's id nor a label")]
    [InlineData("studio=cam 1", "'cam 1' is neither a recorder's id nor a label")]
    [InlineData("studio=role:", "'role:' is neither a recorder's id nor a label")]
    [InlineData("studio=a+b+a", "'studio=a+b+a' names a recorder twice.")]
    [InlineData("studio=a@port", "'port' is not a port; expected 1 to 65535, for example 9993.")]
    [InlineData("studio=a@0", "'0' is not a port")]
    [InlineData("studio=a@65536", "'65536' is not a port")]
    public void A_wrong_group_is_refused_with_what_to_write(string value, string part) => Problem(("hyperdecks", [value])).ShouldContain(part);

    [Fact]
    public void Groups_that_exclude_each_other_are_refused()
    {
        Problem(("hyperdecks", ["a=x@1", "a=y@2"])).ShouldBe("--hyperdeck has two groups named 'a'; give each its own name.");
        Problem(("hyperdecks", ["a=x", "b=y"])).ShouldBe("--hyperdeck has two groups on port 9993, 'a' and 'b'; give each its own, as in b=…@9994.");
    }

    [Theory]
    [InlineData("everybody")]
    [InlineData("private")]
    [InlineData("10.20.0.0/33")]
    public void A_wrong_network_is_refused_with_what_to_write(string value) =>
        Problem(("hyperdeckAllow", [value])).ShouldBe(
            $"--hyperdeck-allow '{value}' is not a network; expected for example 10.20.0.0/16 or the address 10.20.0.7.");

    private static ServeOptions? Read(params (string Key, IReadOnlyList<string> Values)[] flags)
    {
        var options = SettingReader.Read(null, new Dictionary<string, string>(), flags.ToDictionary(flag => flag.Key, flag => flag.Values), out var problem);
        problem.ShouldBe("");
        return options;
    }

    private static string Problem(params (string Key, IReadOnlyList<string> Values)[] flags)
    {
        SettingReader.Read(null, new Dictionary<string, string>(), flags.Append(("data", ["d"])).ToDictionary(flag => flag.Item1, flag => flag.Item2), out var problem)
            .ShouldBeNull();
        return problem;
    }
}
