import type { Gender } from '@domain/enrolment';
import type { CivilDate } from '@domain/kernel';
import type { Random } from './random';

const FAMILY = '王李张刘陈杨黄吴赵周徐孙马朱胡郭何林罗高梁郑谢宋唐许邓冯韩曹彭曾萧田董潘袁蔡蒋余';
const FIRST = '家建志秀玉桂国春文华德金永明海小红丽晓立光庆福兴根水云长仁义';
const MEN = '强军平勇辉斌伟民生林明福根亮涛清飞龙波荣';
const WOMEN = '英兰芳珍梅霞娟玲凤莲萍娥琴香秀燕红菊花云';

/** A name put together at random; whoever bears it is not meant. */
export function nameOf(random: Random, gender: Gender): string {
  const last = gender === 'male' ? MEN : WOMEN;
  const first = random.chance(82) ? charOf(random, FIRST) : '';
  return charOf(random, FAMILY) + first + charOf(random, last);
}

const charOf = (random: Random, letters: string): string =>
  letters.charAt(random.below(letters.length));

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECKS = '10X98765432';

/** Numbers of identity cards with right check digits that nobody holds: they begin with the code of a whole city. */
export class Certificates {
  private readonly used = new Map<string, number>();

  /** The next number for a city, birth day and gender. Throws when the 500 of that day are used up. */
  next(city: string, birthDate: CivilDate, gender: Gender): string {
    const start = city + birthDate.replaceAll('-', '');
    const key = start + gender;
    const count = this.used.get(key) ?? 0;
    if (count >= 500) throw new RangeError('too many persons born on one day');
    this.used.set(key, count + 1);
    const serial = 2 * count + (gender === 'male' ? 1 : 0);
    const body = start + String(serial).padStart(3, '0');
    return body + checkDigitOf(body);
  }
}

/** The check digit of an 18-digit number (GB 11643). */
export function checkDigitOf(body: string): string {
  let sum = 0;
  WEIGHTS.forEach((weight, at) => {
    sum += weight * Number(body.charAt(at));
  });
  return CHECKS.charAt(sum % 11);
}
