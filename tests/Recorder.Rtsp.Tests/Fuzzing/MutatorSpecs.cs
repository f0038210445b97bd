namespace Recorder.Rtsp.Tests.Fuzzing;

public sealed class MutatorSpecs
{
    [Fact]
    public void A_seed_gives_the_same_bytes_again()
    {
        for (var seed = 0; seed < 200; seed++)
            Mutator.Mutate(new Random(seed), "some bytes"u8).ShouldBe(Mutator.Mutate(new Random(seed), "some bytes"u8));
    }

    [Fact]
    public void Nearly_every_round_changes_something()
    {
        var original = "some bytes that are to be changed"u8.ToArray();
        Enumerable.Range(0, 1000).Count(seed => !Mutator.Mutate(new Random(seed), original).AsSpan().SequenceEqual(original)).ShouldBeGreaterThan(900);
        Mutator.Mutate(new Random(1), []).Length.ShouldBeLessThan(5000);
    }

    [Fact]
    public void Pieces_are_the_whole()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var bytes = new byte[seed];
            Random.Shared.NextBytes(bytes);
            Mutator.Pieces(new Random(seed), seed).SelectMany(it => bytes[it]).ShouldBe(bytes);
        }
    }

    [Fact]
    public void A_failure_names_its_seed()
    {
        var rounds = 0;
        Should.Throw<InvalidOperationException>(() => Mutator.Run(5, _ => throw new FormatException($"round {rounds++}")))
            .Message.ShouldStartWith("RTSP_FUZZ_SEED=");
        rounds.ShouldBe(1);
    }
}
